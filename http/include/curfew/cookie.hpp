// Cookies: what a client sent, and what it is told to keep (RFC 6265).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace curfew {

/// Returns the value of the first cookie of this name in a `Cookie` field, without surrounding quotes. Names are
/// case-sensitive. Pieces that are not `name=value` are skipped: other applications of the host set them.
///
/// Lifetime: a view of `header`.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) noexcept;

/// Says when the client may send a cookie along with a request that another site caused.
enum class same_site
{
    strict,
    lax,
    none
};

/// What the client is told to keep. The defaults are the careful ones.
struct set_cookie
{
    std::string name;
    std::string value;
    std::string path = "/";
    std::string domain{};                          ///< Default: none, so only this host gets it back.
    std::optional<std::chrono::seconds> max_age{}; ///< Default: none, until the client ends. Zero deletes.
    bool secure = true;                            ///< Only over TLS; browsers count localhost as such.
    bool http_only = true;                         ///< Not for scripts.
    curfew::same_site same_site = curfew::same_site::lax;
};

/// Formats the value of a `Set-Cookie` field.
///
/// Errors: `std::invalid_argument` if the name is not a token, another part holds a character that it may not hold, or
///         the attributes contradict the name's `__Host-` or `__Secure-` prefix or `same_site::none`: clients would
///         drop the cookie without a word.
[[nodiscard]] std::string format_set_cookie(const set_cookie& cookie);

} // namespace curfew
