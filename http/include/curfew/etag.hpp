// Entity tags and the conditions on them (RFC 9110 §8.8.3, §13.1).
#pragma once

#include <string>
#include <string_view>

namespace curfew {

/// Makes a strong entity tag from a representation's bytes, quotes included.
///
/// The same bytes give the same tag on every machine and in every build. It tells versions apart; it is no defence
/// against somebody who looks for two texts of one tag.
[[nodiscard]] std::string make_etag(std::string_view content);

/// Tells whether `If-None-Match` names this tag (weak comparison): then GET and HEAD are answered 304, others 412.
///
/// `*` matches; a list that is malformed matches only by what precedes the flaw.
[[nodiscard]] bool if_none_match_matches(std::string_view header, std::string_view etag) noexcept;

/// Tells whether `If-Match` names this tag (strong comparison: weak tags never match): otherwise the answer is 412.
[[nodiscard]] bool if_match_matches(std::string_view header, std::string_view etag) noexcept;

} // namespace curfew
