// An HTTP answer, as a client reads it.
#pragma once

#include <curfew/fields.hpp>
#include <curfew/method.hpp>
#include <curfew/status.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace curfew::testing {

/// One answer of a server, read by another parser than the server's.
struct answer {
    curfew::status status{};
    curfew::fields fields;           ///< Of the head.
    std::string    body;             ///< What its framing, chunks for instance, was around.
    bool           complete = false; ///< False if the connection ended, or a stream was broken off, before its end.

    /// The first field of this name; empty if there is none.
    std::string_view header(std::string_view name) const noexcept { return fields.find(name).value_or(std::string_view()); }
};

/// An answer at the beginning of what was received, and the bytes that it takes up.
struct parsed_answer {
    testing::answer answer;
    std::size_t     size = 0;
};

/// Reads an answer to a request with the method `asked`; an answer to `HEAD` has no body. Interim answers (1xx) count.
///
/// `ended`: nothing follows the bytes, so that an answer which is not complete comes back as such.
/// Returns: none while its end has not been received.
/// Errors:  `boost::system::system_error` if the bytes are not HTTP.
std::optional<parsed_answer> parse_answer(std::string_view bytes, method asked = method::get, bool ended = false);

}  // namespace curfew::testing
