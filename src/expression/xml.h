#pragma once
// XML as xml(), json() and xpath() see it. Between XML and JSON goes Newtonsoft's convention: attributes are
// "@name", text beside them "#text", the declaration "?xml", elements of one name an array.
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace axonite::expression {

// Nothing is resolved from outside, and a document type is refused. Errors: invalid("InvalidXml").
Result<void> check_xml(std::string_view text);
Result<json::Value> xml_to_json(std::string_view text);
// `value` is an object with one member that is no array (a "?xml" may stand before it).
Result<std::string> json_to_xml(const json::Value& value);
// Nodes give an array: elements as XML content, attributes as name="value", text as it is. Other results give
// a Float, a Boolean or a String. Errors: invalid("InvalidXPath") too.
Result<json::Value> evaluate_xpath(std::string_view xml, const std::string& path);

inline constexpr std::string_view kXmlContentType = "application/xml;charset=utf-8";

}  // namespace axonite::expression
