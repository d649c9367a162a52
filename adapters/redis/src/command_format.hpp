// Commands as the server reads them, and what is known of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace curfew::redis::detail {

/// How a command fares among others on one connection.
enum class command_kind {
    plain,     ///< Answered once, soon.
    blocking,  ///< Answered when something happens: everything behind it waits.
    unshared,  ///< Changes what the connection is to others, or is answered more or less often than once.
};

/// Precondition: not empty.
command_kind kind_of(const std::vector<std::string>& words);

/// Appends the command to `bytes`.
void append_command(std::string& bytes, const std::vector<std::string>& words);

}  // namespace curfew::redis::detail
