// Connections over TCP.
#pragma once

#include "socket_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace curfew::detail {

using tcp_stream = socket_stream<boost::asio::ip::tcp>;

extern template class socket_stream<boost::asio::ip::tcp>;

}  // namespace curfew::detail
