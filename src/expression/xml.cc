#include "expression/xml.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <pugixml.hpp>

#include "base/text.h"
#include "expression/values.h"

namespace axonite::expression {
namespace {

constexpr int kDepthMax = 128;
constexpr unsigned kParse = pugi::parse_default | pugi::parse_declaration | pugi::parse_doctype |
                            pugi::parse_comments | pugi::parse_ws_pcdata_single;

std::unexpected<Error> bad_xml(std::string what) {
  return std::unexpected(invalid("InvalidXml", fmt::format("The text is no XML document: {}.", what)));
}

struct DepthWalker : pugi::xml_tree_walker {
  bool for_each(pugi::xml_node&) override { return depth() <= kDepthMax; }
};

// pugixml takes several roots and text between them; a document has one.
Result<void> check_document(pugi::xml_document& document) {
  int roots = 0;
  for (pugi::xml_node node : document.children()) {
    if (node.type() == pugi::node_element) ++roots;
    if (node.type() == pugi::node_doctype) return bad_xml("a document type is not allowed");
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata)
      return bad_xml("there is text outside the root element");
  }
  if (roots != 1) return bad_xml("it must have exactly one root element");
  DepthWalker walker;
  if (!document.traverse(walker)) return bad_xml(fmt::format("it nests more than {} levels deep", kDepthMax));
  return ok();
}

Result<void> load(pugi::xml_document& document, std::string_view text) {
  auto loaded = document.load_buffer(text.data(), text.size(), kParse, pugi::encoding_utf8);
  if (!loaded) return bad_xml(fmt::format("{} at offset {}", loaded.description(), loaded.offset));
  return check_document(document);
}

void escape(std::string& out, std::string_view text, bool attribute) {
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += attribute ? "&quot;" : "\""; break;
      default: out += c;
    }
  }
}

void write_attribute(std::string& out, const char* name, std::string_view value) {
  out.append(name).append("=\"");
  escape(out, value, true);
  out += '"';
}

// As XmlNode.OuterXml prints: no indentation, a blank before the end of an empty element.
void write_node(std::string& out, pugi::xml_node node) {
  switch (node.type()) {
    case pugi::node_pcdata: escape(out, node.value(), false); return;
    case pugi::node_cdata: out.append("<![CDATA[").append(node.value()).append("]]>"); return;
    case pugi::node_comment: out.append("<!--").append(node.value()).append("-->"); return;
    case pugi::node_document:
      for (pugi::xml_node child : node.children()) write_node(out, child);
      return;
    case pugi::node_element:
    case pugi::node_declaration: break;
    default: return;
  }
  bool declaration = node.type() == pugi::node_declaration;
  out.append(declaration ? "<?" : "<").append(node.name());
  for (pugi::xml_attribute attribute : node.attributes()) {
    out += ' ';
    write_attribute(out, attribute.name(), attribute.value());
  }
  if (declaration || !node.first_child()) {
    out += declaration ? "?>" : " />";
    return;
  }
  out += '>';
  for (pugi::xml_node child : node.children()) write_node(out, child);
  out.append("</").append(node.name()).append(">");
}

// A second member of one name turns the first into an array.
void add_member(json::Object& object, std::string_view name, json::Value value) {
  auto found = object.find(name);
  if (found == object.end()) {
    object.emplace(name, std::move(value));
  } else if (found->value().is_array()) {
    found->value().get_array().push_back(std::move(value));
  } else {
    json::Array both;
    both.push_back(std::move(found->value()));
    both.push_back(std::move(value));
    found->value() = std::move(both);
  }
}

json::Value element_to_json(pugi::xml_node element) {
  json::Object members;
  for (pugi::xml_attribute attribute : element.attributes())
    members.insert_or_assign("@" + std::string(attribute.name()), attribute.value());
  for (pugi::xml_node child : element.children()) {
    switch (child.type()) {
      case pugi::node_element: add_member(members, child.name(), element_to_json(child)); break;
      case pugi::node_pcdata: add_member(members, "#text", json::Value(child.value())); break;
      case pugi::node_cdata: add_member(members, "#cdata-section", json::Value(child.value())); break;
      default: break;
    }
  }
  if (members.empty()) return element.first_child() ? json::Value("") : json::Value(nullptr);
  if (members.size() == 1 && members.begin()->key() == "#text" && members.begin()->value().is_string())
    return members.begin()->value();
  return members;
}

Result<void> fill(pugi::xml_node node, const json::Value& value, int depth);

bool is_name(std::string_view name) {
  auto starts = [](unsigned char c) { return std::isalpha(c) || c == '_' || c == ':' || c >= 0x80; };
  if (name.empty() || !starts(name[0])) return false;
  for (unsigned char c : name)
    if (!starts(c) && !std::isdigit(c) && c != '-' && c != '.') return false;
  return true;
}

Result<void> add_element(pugi::xml_node parent, std::string_view name, const json::Value& value, int depth) {
  if (const json::Array* array = value.if_array()) {
    for (const auto& element : *array) {
      if (element.is_array()) return bad_xml("an array must not hold an array");
      CHECK_OK(add_element(parent, name, element, depth));
    }
    return ok();
  }
  if (!is_name(name)) return bad_xml(fmt::format("'{}' is no name of an element", name));
  return fill(parent.append_child(std::string(name).c_str()), value, depth + 1);
}

// XML spells booleans in lower case, unlike string().
std::string scalar_text(const json::Value& value) { return value.is_string() ? to_text(value) : write_json(value); }

Result<void> fill(pugi::xml_node node, const json::Value& value, int depth) {
  if (depth > kDepthMax) return bad_xml(fmt::format("it nests more than {} levels deep", kDepthMax));
  if (value.is_null()) return ok();
  const json::Object* object = value.if_object();
  if (!object) {
    node.append_child(pugi::node_pcdata).set_value(scalar_text(value).c_str());
    return ok();
  }
  for (const auto& member : *object) {
    std::string_view key = member.key();
    bool scalar = !member.value().is_object() && !member.value().is_array();
    if (key.starts_with("@") && scalar) {
      if (!is_name(key.substr(1))) return bad_xml(fmt::format("'{}' is no name of an attribute", key.substr(1)));
      node.append_attribute(std::string(key.substr(1)).c_str()).set_value(to_text(member.value()).c_str());
    } else if (key == "#text" && scalar) {
      node.append_child(pugi::node_pcdata).set_value(scalar_text(member.value()).c_str());
    } else if (key == "#cdata-section" && scalar) {
      node.append_child(pugi::node_cdata).set_value(scalar_text(member.value()).c_str());
    } else {
      CHECK_OK(add_element(node, key, member.value(), depth));
    }
  }
  return ok();
}

json::Value xpath_node(const pugi::xpath_node& found) {
  std::string text;
  if (found.attribute()) {
    write_attribute(text, found.attribute().name(), found.attribute().value());
    return json::Value(text);
  }
  write_node(text, found.node());
  if (found.node().type() == pugi::node_element || found.node().type() == pugi::node_document)
    return make_content(kXmlContentType, text);
  return json::Value(text);
}

}  // namespace

Result<void> check_xml(std::string_view text) {
  pugi::xml_document document;
  return load(document, text);
}

Result<json::Value> xml_to_json(std::string_view text) {
  pugi::xml_document document;
  CHECK_OK(load(document, text));
  json::Object object;
  for (pugi::xml_node node : document.children()) {
    if (node.type() == pugi::node_declaration) {
      json::Object declaration;
      for (pugi::xml_attribute attribute : node.attributes())
        declaration.insert_or_assign("@" + std::string(attribute.name()), attribute.value());
      object.insert_or_assign("?xml", std::move(declaration));
    } else if (node.type() == pugi::node_element) {
      object.insert_or_assign(node.name(), element_to_json(node));
    }
  }
  return json::Value(std::move(object));
}

Result<std::string> json_to_xml(const json::Value& value) {
  const json::Object* object = value.if_object();
  if (!object) return bad_xml("only an object can become a document");
  pugi::xml_document document;
  int roots = 0;
  for (const auto& member : *object) {
    std::string_view key = member.key();
    if (key == "?xml" && member.value().is_object() && roots == 0) {
      pugi::xml_node declaration = document.append_child(pugi::node_declaration);
      declaration.set_name("xml");
      CHECK_OK(fill(declaration, member.value(), 0));
      continue;
    }
    if (++roots > 1 || member.value().is_array() || key.starts_with("@") || key.starts_with("#"))
      return bad_xml("the object must have exactly one member that can be the root element");
    CHECK_OK(add_element(document, key, member.value(), 0));
  }
  if (roots != 1) return bad_xml("the object must have exactly one member that can be the root element");
  std::string out;
  write_node(out, document);
  return out;
}

Result<json::Value> evaluate_xpath(std::string_view xml, const std::string& path) {
  pugi::xml_document document;
  CHECK_OK(load(document, xml));
  try {  // pugixml throws for a path it cannot parse
    pugi::xpath_query query(path.c_str());
    switch (query.return_type()) {
      case pugi::xpath_type_number: return json::Value(query.evaluate_number(document));
      case pugi::xpath_type_boolean: return json::Value(query.evaluate_boolean(document));
      case pugi::xpath_type_string: return json::Value(query.evaluate_string(document));
      case pugi::xpath_type_node_set: {
        json::Array nodes;
        pugi::xpath_node_set found = query.evaluate_node_set(document);
        found.sort();
        for (const auto& node : found) nodes.push_back(xpath_node(node));
        return json::Value(std::move(nodes));
      }
      case pugi::xpath_type_none: break;
    }
    return std::unexpected(invalid("InvalidXPath", fmt::format("'{}' is no XPath expression.", path)));
  } catch (const pugi::xpath_exception& error) {
    return std::unexpected(invalid("InvalidXPath", fmt::format("'{}' is no XPath expression: {}.", path, error.what())));
  }
}

}  // namespace axonite::expression
