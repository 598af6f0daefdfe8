#pragma once
#include <array>
#include <string_view>

namespace axonite::expression {

inline constexpr std::array<std::string_view, 12> kMonthNames = {"January",   "February", "March",    "April",
                                                                 "May",       "June",     "July",     "August",
                                                                 "September", "October",  "November", "December"};
// Sunday first, as .NET counts them.
inline constexpr std::array<std::string_view, 7> kDayNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                              "Thursday", "Friday", "Saturday"};
inline std::string_view abbreviated(std::string_view name) { return name.substr(0, 3); }

}  // namespace axonite::expression
