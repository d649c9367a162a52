// Request targets in all forms: nothing is lost, and what is accepted is an origin form to Boost.URL as well.
#include "fuzz.hpp"
#include "request_validation.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace curfew;

// Makes the characters harmless that browsers leave unescaped and RFC 3986 does not.
std::string as_strict(std::string_view path, std::string_view query)
{
    std::string strict(path);
    strict += '?';
    strict += query;
    const auto query_begin = strict.begin() + static_cast<std::ptrdiff_t>(path.size());
    const auto unescaped   = [](char c) { return std::string_view("[]^|{}\\`").find(c) != std::string_view::npos; };
    std::ranges::replace_if(strict, unescaped, 'x');
    std::replace(query_begin, strict.end(), '%', 'x');
    return strict;
}

void check(method m, std::string_view text)
{
    const auto target = detail::read_target(m, text);
    if (!target) {
        return;
    }
    if (m == method::connect) {
        fuzz::require(target->authority == text && target->path.empty(), "CONNECT has an authority only");
        return;
    }
    if (target->path == "*") {
        fuzz::require(m == method::options && target->query.empty(), "OPTIONS alone may have an asterisk");
        return;
    }
    fuzz::require(boost::urls::parse_origin_form(as_strict(target->path, target->query)).has_value(), "path and query");
    fuzz::require(text.ends_with(target->query), "the query is last");
    fuzz::require(target->authority.empty() || detail::is_host(target->authority), "the authority is one");
    if (text.starts_with('/')) {
        const bool has_query = text.find('?') != text.npos;
        fuzz::require(target->path.size() + target->query.size() + has_query == text.size(), "nothing lost");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    for (const method m : {method::get, method::options, method::connect}) {
        check(m, fuzz::as_text(data, size));
    }
    return 0;
}
