#pragma once
// What a factory or a workspace is made of. Data Factory and Synapse share the kinds, their rules and their references.
#include <cstddef>
#include <span>
#include <string_view>

namespace axonite::artifact {

struct Kind {
  std::string_view type;       // last segment of the resource type: "linkedservices"
  std::string_view reference;  // how others refer to it: "LinkedServiceReference"; empty = they do not
  std::string_view noun;       // for messages: "linked service"
  std::size_t name_bytes_max = 260;
};

inline constexpr Kind kLinkedService{"linkedservices", "LinkedServiceReference", "linked service"};
inline constexpr Kind kDataset{"datasets", "DatasetReference", "dataset"};
inline constexpr Kind kPipeline{"pipelines", "PipelineReference", "pipeline", 140};
inline constexpr Kind kTrigger{"triggers", "TriggerReference", "trigger"};
inline constexpr Kind kDataFlow{"dataflows", "DataFlowReference", "data flow"};
inline constexpr Kind kIntegrationRuntime{"integrationRuntimes", "IntegrationRuntimeReference", "integration runtime", 63};
inline constexpr Kind kCredential{"credentials", "CredentialReference", "credential"};
inline constexpr Kind kGlobalParameters{"globalParameters", "", "global parameters"};
inline constexpr Kind kNotebook{"notebooks", "NotebookReference", "notebook"};
inline constexpr Kind kSqlScript{"sqlScripts", "SqlScriptReference", "SQL script"};
inline constexpr Kind kSparkJobDefinition{"sparkJobDefinitions", "SparkJobDefinitionReference", "Spark job definition"};

// The runtime that every factory and workspace has without making it.
inline constexpr std::string_view kAutoResolve = "AutoResolveIntegrationRuntime";

// All that are looked at where references are checked.
std::span<const Kind* const> kinds();

}  // namespace axonite::artifact
