#include "call_target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include <cctype>
#include <charconv>

namespace curfew::detail {

namespace urls = boost::urls;

namespace {

constexpr std::uint16_t usual_port(bool secure) noexcept
{
    return secure ? 443 : 80;
}

std::string bracketed(const std::string& host)
{
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string_view view(urls::string_view text) noexcept
{
    return {text.data(), text.size()};
}

std::optional<urls::url> absolute(std::string_view url, std::string_view base)
{
    const auto reference = urls::parse_uri_reference({url.data(), url.size()});
    if (!reference) return std::nullopt;
    if (reference->has_scheme()) return urls::url(*reference);
    const auto from = urls::parse_uri({base.data(), base.size()});
    if (!from) return std::nullopt;
    urls::url resolved;
    if (!urls::resolve(*from, *reference, resolved)) return std::nullopt;
    return resolved;
}

// As it is compared and connected to. Encoded bytes have no place in a host.
std::optional<std::string> plain_host(const urls::url& url)
{
    std::string host(view(url.encoded_host()));
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty() || host.find('%') != std::string::npos) return std::nullopt;
    for (char& c : host) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return host;
}

}  // namespace

std::string origin::text() const
{
    return (secure ? "https://" : "http://") + bracketed(host) + ":" + std::to_string(port);
}

std::string origin::host_field() const
{
    return port == usual_port(secure) ? bracketed(host) : bracketed(host) + ":" + std::to_string(port);
}

std::optional<call_target> read_url(std::string_view url, std::string_view base)
{
    const auto parsed = absolute(url, base);
    if (!parsed || !parsed->has_authority() || parsed->has_userinfo()) return std::nullopt;
    const auto scheme = parsed->scheme_id();
    if (scheme != urls::scheme::http && scheme != urls::scheme::https) return std::nullopt;

    call_target result;
    result.origin.secure = scheme == urls::scheme::https;
    auto host = plain_host(*parsed);
    if (!host) return std::nullopt;
    result.origin.host = std::move(*host);
    result.origin.port = usual_port(result.origin.secure);
    if (const auto port = view(parsed->port()); !port.empty()) {
        const auto read = std::from_chars(port.data(), port.data() + port.size(), result.origin.port);
        if (read.ec != std::errc() || read.ptr != port.data() + port.size() || result.origin.port == 0) return std::nullopt;
    }
    // Boost.URL 1.81 takes what is no port for a path.
    const auto path = view(parsed->encoded_path());
    if (!path.empty() && !path.starts_with('/')) return std::nullopt;
    result.target = std::string(view(parsed->encoded_target()));
    if (!result.target.starts_with('/')) result.target.insert(0, "/");
    return result;
}

}  // namespace curfew::detail
