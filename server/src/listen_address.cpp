#include "listen_address.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <stdexcept>

namespace curfew::detail {

std::string listen_address::text() const
{
    if (is_path()) return "unix:" + path;
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool listen_address::is_local() const
{
    return is_path() || boost::asio::ip::make_address(host).is_loopback();
}

listen_address parse_listen_address(std::string_view text)
{
    const auto fail = [&](const char* why) -> std::invalid_argument {
        return std::invalid_argument("listen " + std::string(text) + ": " + why);
    };

    listen_address result;
    if (text.starts_with("unix:")) {
        result.path = text.substr(5);
        if (result.path.empty()) throw fail("the path is missing");
        return result;
    }

    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) throw fail("expected ADDRESS:PORT");
    const auto port   = text.substr(colon + 1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), result.port);
    if (port.empty() || parsed.ec != std::errc() || parsed.ptr != port.data() + port.size())
        throw fail("the port is not a number up to 65535");

    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty()) host = "0.0.0.0";
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code error;
    result.host = boost::asio::ip::make_address(host, error).to_string();
    if (error) throw fail("the address is not a numeric one");
    return result;
}

}  // namespace curfew::detail
