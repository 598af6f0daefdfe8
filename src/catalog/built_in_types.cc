// Definitions written as a table. Atlas's base model and the Purview types that are known from captured answers;
// the azure_synapse_* types are published nowhere and follow azure_sql_*, which is. Names that begin with axonite_
// are ours: the real service has no type for what a SQL statement or a notebook did.
#include <boost/json.hpp>
#include <span>

#include "base/digest.h"
#include "base/text.h"
#include "catalog/types.h"

namespace axonite::catalog {
namespace {

struct EntityRow {
  std::string_view name, super, service, attributes;  // attributes: "name:type name!:type", ! = required, ^ = unique too
};

constexpr EntityRow kEntities[] = {
    {"Referenceable", "", "", "qualifiedName^:string"},
    {"Asset", "Referenceable", "", "name!:string displayName:string description:string userDescription:string owner:string"},
    {"DataSet", "Asset", "", ""},
    {"Infrastructure", "Asset", "", ""},
    {"Process", "Asset", "", "columnMapping:string"},
    {"tabular_schema", "Referenceable", "", ""},
    {"column", "DataSet", "", "type:string"},
    {"azure_resource", "Asset", "", ""},
    {"azure_datalake_gen2_service", "azure_resource", "Azure Data Lake Storage Gen2", ""},
    {"azure_datalake_gen2_filesystem", "azure_resource", "Azure Data Lake Storage Gen2", ""},
    {"azure_datalake_gen2_path", "DataSet", "Azure Data Lake Storage Gen2",
     "path:string isFile:boolean size:long contentType:string group:string permissions:string modifiedTime:date userProperties:map<string,string>"},
    {"azure_datalake_gen2_resource_set", "DataSet", "Azure Data Lake Storage Gen2", "partitionCount:long schemaCount:long totalSizeBytes:long modifiedTime:date"},
    {"azure_blob_path", "DataSet", "Azure Blob Storage", "path:string isFile:boolean size:long contentType:string modifiedTime:date"},
    {"azure_sql_server", "azure_resource", "Azure SQL Database", ""},
    {"azure_sql_db", "azure_resource", "Azure SQL Database", ""},
    {"azure_sql_schema", "Asset", "Azure SQL Database", ""},
    {"azure_sql_table", "DataSet", "Azure SQL Database", "principalId:int objectType:string createTime:date modifiedTime:date"},
    {"azure_sql_view", "DataSet", "Azure SQL Database", "principalId:int objectType:string createTime:date modifiedTime:date"},
    {"azure_sql_column", "DataSet", "Azure SQL Database", "data_type!:string length:int precision:int scale:int userTypeId:int"},
    {"azure_synapse_workspace", "azure_resource", "Azure Synapse Analytics", ""},
    {"azure_synapse_dedicated_sql_db", "azure_resource", "Azure Synapse Analytics", ""},
    {"azure_synapse_dedicated_sql_schema", "Asset", "Azure Synapse Analytics", ""},
    {"azure_synapse_dedicated_sql_table", "DataSet", "Azure Synapse Analytics", "rowCount:long principalId:int objectType:string createTime:date modifiedTime:date"},
    {"azure_synapse_dedicated_sql_view", "DataSet", "Azure Synapse Analytics", "principalId:int objectType:string createTime:date modifiedTime:date"},
    {"azure_synapse_dedicated_sql_column", "DataSet", "Azure Synapse Analytics", "data_type!:string length:int precision:int scale:int userTypeId:int"},
    {"azure_synapse_serverless_sql_db", "azure_resource", "Azure Synapse Analytics", ""},
    {"azure_synapse_serverless_sql_schema", "Asset", "Azure Synapse Analytics", ""},
    {"azure_synapse_serverless_sql_table", "DataSet", "Azure Synapse Analytics", "rowCount:long principalId:int objectType:string createTime:date modifiedTime:date"},
    {"azure_synapse_serverless_sql_view", "DataSet", "Azure Synapse Analytics", "principalId:int objectType:string createTime:date modifiedTime:date"},
    {"azure_synapse_serverless_sql_column", "DataSet", "Azure Synapse Analytics", "data_type!:string length:int precision:int scale:int userTypeId:int"},
    {"azure_synapse_pipeline", "Process", "Azure Synapse Analytics", ""},
    {"azure_synapse_copy_activity", "Process", "Azure Synapse Analytics", "status:string rowCount:long dataSize:long lastRunTime:date errorMessage:string"},
    {"azure_synapse_copy_operation", "Process", "Azure Synapse Analytics", "lastRunTime:date"},
    {"azure_data_factory", "azure_resource", "Azure Data Factory", ""},
    {"adf_pipeline", "Process", "Azure Data Factory", ""},
    {"adf_copy_activity", "Process", "Azure Data Factory", "status:string rowCount:long dataSize:long lastRunTime:date errorMessage:string"},
    {"adf_dataflow_activity", "Process", "Azure Data Factory", "status:string lastRunTime:date errorMessage:string"},
    {"adf_executeSsisPackage_activity", "Process", "Azure Data Factory", "status:string lastRunTime:date errorMessage:string"},
    {"adf_copy_operation", "Process", "Azure Data Factory", "lastRunTime:date"},
    {"adf_dataflow_operation", "Process", "Azure Data Factory", "lastRunTime:date"},
    {"spark_process", "Process", "Apache Spark", "executionId:long startTime:date endTime:date currUser:string remoteUser:string executionTime:string details:string sparkPlanDescription:string"},
    {"spark_application", "Process", "Apache Spark", "startTime:date endTime:date currUser:string remoteUser:string"},
    {"axonite_sql_operation", "Process", "Axonite", "operation:string engine:string user:string procedure:string lastRunTime:date"},
    {"axonite_declared_operation", "Process", "Axonite", "operation:string processingSteps:array<string> user:string"},
    {"axonite_spark_operation", "Process", "Axonite", "operation:string engine:string user:string notebook:string lastRunTime:date"},
};

struct RelationshipRow {
  std::string_view name, category;
  std::string_view type1, name1, cardinality1;
  bool container1;
  std::string_view type2, name2, cardinality2;
  std::string_view attributes = {};
};

constexpr RelationshipRow kRelationships[] = {
    {"dataset_process_inputs", "AGGREGATION", "Process", "inputs", "SET", true, "DataSet", "inputToProcesses", "SET"},
    {"process_dataset_outputs", "AGGREGATION", "Process", "outputs", "SET", true, "DataSet", "outputFromProcesses", "SET"},
    {"direct_lineage_dataset_dataset", "ASSOCIATION", "DataSet", "sinks", "SET", false, "DataSet", "sources", "SET", "columnMapping:string"},
    {"process_parent", "AGGREGATION", "Process", "subProcesses", "SET", true, "Process", "parent", "SINGLE"},
    {"data_factory_pipelines", "AGGREGATION", "azure_data_factory", "pipelines", "SET", true, "adf_pipeline", "dataFactory", "SINGLE"},
    {"tabular_schema_datasets", "AGGREGATION", "tabular_schema", "datasets", "SET", true, "DataSet", "tabular_schema", "SINGLE"},
    {"tabular_schema_columns", "COMPOSITION", "tabular_schema", "columns", "SET", true, "column", "composeSchema", "SINGLE"},
    {"azure_sql_server_databases", "COMPOSITION", "azure_sql_server", "databases", "SET", true, "azure_sql_db", "server", "SINGLE"},
    {"azure_sql_db_schemas", "COMPOSITION", "azure_sql_db", "schemas", "SET", true, "azure_sql_schema", "db", "SINGLE"},
    {"azure_sql_schema_tables", "COMPOSITION", "azure_sql_schema", "tables", "SET", true, "azure_sql_table", "dbSchema", "SINGLE"},
    {"azure_sql_schema_views", "COMPOSITION", "azure_sql_schema", "views", "SET", true, "azure_sql_view", "dbSchema", "SINGLE"},
    {"azure_sql_table_columns", "COMPOSITION", "azure_sql_table", "columns", "SET", true, "azure_sql_column", "table", "SINGLE"},
    {"azure_sql_view_columns", "COMPOSITION", "azure_sql_view", "columns", "SET", true, "azure_sql_column", "view", "SINGLE"},
    {"azure_synapse_dedicated_sql_db_schemas", "COMPOSITION", "azure_synapse_dedicated_sql_db", "schemas", "SET", true, "azure_synapse_dedicated_sql_schema", "db", "SINGLE"},
    {"azure_synapse_dedicated_sql_schema_tables", "COMPOSITION", "azure_synapse_dedicated_sql_schema", "tables", "SET", true, "azure_synapse_dedicated_sql_table", "dbSchema", "SINGLE"},
    {"azure_synapse_dedicated_sql_table_columns", "COMPOSITION", "azure_synapse_dedicated_sql_table", "columns", "SET", true, "azure_synapse_dedicated_sql_column", "table", "SINGLE"},
    {"azure_synapse_dedicated_sql_schema_views", "COMPOSITION", "azure_synapse_dedicated_sql_schema", "views", "SET", true, "azure_synapse_dedicated_sql_view", "dbSchema", "SINGLE"},
    {"azure_synapse_dedicated_sql_view_columns", "COMPOSITION", "azure_synapse_dedicated_sql_view", "columns", "SET", true, "azure_synapse_dedicated_sql_column", "view", "SINGLE"},
    {"azure_synapse_workspace_dedicated_sql_dbs", "COMPOSITION", "azure_synapse_workspace", "dedicatedSqlDatabases", "SET", true, "azure_synapse_dedicated_sql_db", "workspace", "SINGLE"},
    {"azure_synapse_serverless_sql_db_schemas", "COMPOSITION", "azure_synapse_serverless_sql_db", "schemas", "SET", true, "azure_synapse_serverless_sql_schema", "db", "SINGLE"},
    {"azure_synapse_serverless_sql_schema_tables", "COMPOSITION", "azure_synapse_serverless_sql_schema", "tables", "SET", true, "azure_synapse_serverless_sql_table", "dbSchema", "SINGLE"},
    {"azure_synapse_serverless_sql_table_columns", "COMPOSITION", "azure_synapse_serverless_sql_table", "columns", "SET", true, "azure_synapse_serverless_sql_column", "table", "SINGLE"},
    {"azure_synapse_serverless_sql_schema_views", "COMPOSITION", "azure_synapse_serverless_sql_schema", "views", "SET", true, "azure_synapse_serverless_sql_view", "dbSchema", "SINGLE"},
    {"azure_synapse_serverless_sql_view_columns", "COMPOSITION", "azure_synapse_serverless_sql_view", "columns", "SET", true, "azure_synapse_serverless_sql_column", "view", "SINGLE"},
    {"azure_synapse_workspace_serverless_sql_dbs", "COMPOSITION", "azure_synapse_workspace", "serverlessSqlDatabases", "SET", true, "azure_synapse_serverless_sql_db", "workspace", "SINGLE"},
};

constexpr std::string_view kClassifications[] = {
    "MICROSOFT.PERSONAL.EMAIL", "MICROSOFT.PERSONAL.NAME", "MICROSOFT.PERSONAL.DATE_OF_BIRTH", "MICROSOFT.PERSONAL.IPADDRESS",
    "MICROSOFT.PERSONAL.US.PHONE_NUMBER", "MICROSOFT.PERSONAL.EU.PHONE_NUMBER", "MICROSOFT.FINANCIAL.CREDIT_CARD_NUMBER",
    "MICROSOFT.FINANCIAL.INTERNATIONAL_BANKING_ACCOUNT_NUMBER", "MICROSOFT.FINANCIAL.US.ABA_ROUTING_NUMBER",
    "MICROSOFT.GOVERNMENT.US.SOCIAL_SECURITY_NUMBER", "MICROSOFT.GOVERNMENT.US.ZIP_CODE", "MICROSOFT.GOVERNMENT.UK.NATIONAL_INSURANCE_NUMBER",
    "MICROSOFT.GOVERNMENT.CANADA.SOCIAL_INSURANCE_NUMBER", "MICROSOFT.GOVERNMENT.EU.TAX_IDENTIFICATION_NUMBER",
    "MICROSOFT.GOVERNMENT.EU.NATIONAL_IDENTIFICATION_NUMBER", "MICROSOFT.GOVERNMENT.CITY_NAME", "MICROSOFT.SYSTEM.TEMP_FILE"};

json::Array attributes_of(std::string_view row) {
  json::Array attributes;
  if (row.empty()) return attributes;
  for (std::string_view one : text::split(row, ' ')) {
    std::size_t colon = one.find(':');
    std::string_view name = one.substr(0, colon);
    bool unique = name.ends_with('^'), required = unique || name.ends_with('!');
    if (required) name.remove_suffix(1);
    attributes.push_back(json::Object{{"name", name}, {"typeName", one.substr(colon + 1)}, {"isOptional", !required}, {"cardinality", "SINGLE"},
                                      {"valuesMinCount", required ? 1 : 0}, {"valuesMaxCount", 1}, {"isUnique", unique}, {"isIndexable", unique}, {"includeInNotification", false}});
  }
  return attributes;
}

// The same guid in every catalog, so that clients may keep it.
std::string guid_of(std::string_view name) {
  std::string hex = text::hex_encode(digest::sha256("axonite type " + std::string(name)));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-a" + hex.substr(17, 3) + "-" + hex.substr(20, 12);
}

void add(Definitions& all, std::string_view category, std::string_view name, json::Object body) {
  std::string guid = guid_of(name);
  json::Object head{{"category", category}, {"guid", guid}, {"createdBy", "root"}, {"updatedBy", "root"}, {"version", 1}, {"name", name}, {"description", name}, {"typeVersion", "1.0"}};
  for (auto& [key, value] : body) head[key] = std::move(value);
  all[std::string(name)] = {.category = std::string(category), .guid = guid, .built_in = true, .body = std::move(head)};
}

json::Object end_of(std::string_view type, std::string_view name, std::string_view cardinality, bool container) {
  return {{"type", type}, {"name", name}, {"isContainer", container}, {"cardinality", cardinality}, {"isLegacyAttribute", false}};
}

}  // namespace

Definitions built_in_types() {
  Definitions all;
  for (const EntityRow& row : kEntities) {
    json::Object body{{"attributeDefs", attributes_of(row.attributes)}, {"superTypes", json::Array{}}};
    if (!row.super.empty()) body["superTypes"] = json::Array{json::Value(row.super)};
    if (!row.service.empty()) body["serviceType"] = row.service;
    add(all, "ENTITY", row.name, std::move(body));
  }
  for (const RelationshipRow& row : kRelationships)
    add(all, "RELATIONSHIP", row.name,
        {{"attributeDefs", attributes_of(row.attributes)}, {"relationshipCategory", row.category}, {"propagateTags", "NONE"},
         {"endDef1", end_of(row.type1, row.name1, row.cardinality1, row.container1)}, {"endDef2", end_of(row.type2, row.name2, row.cardinality2, false)}});
  for (std::string_view name : kClassifications)
    add(all, "CLASSIFICATION", name, {{"attributeDefs", json::Array{}}, {"superTypes", json::Array{}}, {"entityTypes", json::Array{}}});
  return all;
}

}  // namespace axonite::catalog
