// Names to addresses, without holding up a loop.
#pragma once

#include <curfew/detail/loop.hpp>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace curfew::redis::detail {

using endpoints = std::vector<boost::asio::generic::stream_protocol::endpoint>;

/// Looks a name up and calls `found` on the loop, later. Numeric addresses are names, too.
///
/// `getaddrinfo` cannot be canceled; it runs on one of two threads that the process keeps for it, and a lookup whose
/// result nobody wants any more is done all the same.
void resolve(curfew::detail::loop& on, std::string host, std::uint16_t port,
             std::function<void(boost::system::error_code, endpoints)> found);

}  // namespace curfew::redis::detail
