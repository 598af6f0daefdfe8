#define PCRE2_CODE_UNIT_WIDTH 8
#include "catalog/pattern.h"

#include <pcre2.h>

namespace axonite::catalog {
namespace {

constexpr std::size_t kTextBytesMax = 2'048;
constexpr std::uint32_t kMatchLimit = 20'000, kDepthLimit = 500;

}  // namespace

struct Pattern::Code {
  pcre2_code* code = nullptr;
  pcre2_match_context* limits = nullptr;

  ~Code() {
    pcre2_match_context_free(limits);
    pcre2_code_free(code);
  }
};

Pattern::Pattern(std::unique_ptr<Code> code) : code_(std::move(code)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view text, bool ignore_case) {
  if (text.size() > kTextBytesMax) return std::unexpected(too_large("InvalidRegex", "a regular expression is longer than 2048 bytes"));
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto code = std::make_unique<Code>();
  code->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF | (ignore_case ? PCRE2_CASELESS : 0), &error, &offset, nullptr);
  if (!code->code) {
    unsigned char message[128] = {};
    pcre2_get_error_message(error, message, sizeof message);
    return std::unexpected(invalid("InvalidRegex", "at " + std::to_string(offset) + ": " + reinterpret_cast<const char*>(message)));
  }
  code->limits = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(code->limits, kMatchLimit);
  pcre2_set_depth_limit(code->limits, kDepthLimit);
  return Pattern(std::move(code));
}

std::optional<std::vector<Span>> Pattern::find(std::string_view subject, std::size_t from) const {
  if (from > subject.size()) return std::nullopt;
  std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> data(pcre2_match_data_create_from_pattern(code_->code, nullptr), &pcre2_match_data_free);
  int count = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), from, 0, data.get(), code_->limits);
  if (count <= 0) return std::nullopt;
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data.get());
  std::vector<Span> spans(pcre2_get_ovector_count(data.get()));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    if (offsets[2 * i] != PCRE2_UNSET) spans[i] = {offsets[2 * i], offsets[2 * i + 1]};
  return spans;
}

bool Pattern::matches_whole(std::string_view subject) const {
  auto found = find(subject);
  return found && found->front().begin == 0 && found->front().end == subject.size();
}

}  // namespace axonite::catalog
