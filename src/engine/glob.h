#pragma once
// Path patterns as DuckDB's users write them: '*' and '?' within one segment, "**" over any number of segments,
// "[abc]", "[a-z]", "[!a]". Everything else stands for itself.
#include <string_view>

namespace axonite::engine {

bool has_wildcard(std::string_view text);
// `pattern` and `path` without leading slash.
bool glob_matches(std::string_view pattern, std::string_view path);
// "a/b/*.csv" → "a/b": the deepest folder that every match lies below.
std::string_view folder_before_wildcard(std::string_view pattern);

}  // namespace axonite::engine
