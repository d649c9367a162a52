// Host: what is accepted is an authority to Boost.URL as well.
#include "fuzz.hpp"
#include "request_validation.hpp"

#include <boost/url/authority_view.hpp>
#include <boost/url/parse.hpp>

#include <string>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace curfew;
    const auto text = fuzz::as_text(data, size);
    if (!detail::is_host(text) || text.empty()) {
        return 0;
    }
    // Boost.URL 1.81 takes no name that begins like an IPv4 address, such as `127.0.0.1%00`.
    const std::string name = (text.starts_with('[') ? "" : "x") + std::string(text);
    const auto authority   = boost::urls::parse_authority(name);
    fuzz::require(authority.has_value(), "an authority");
    fuzz::require(!authority->has_userinfo(), "no user");
    fuzz::require(text.front() != ':', "a host");
    return 0;
}
