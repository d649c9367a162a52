// Connections over sockets in the file system.
#pragma once

#include "socket_stream.hpp"

#include <boost/asio/local/stream_protocol.hpp>

namespace curfew::detail {

using unix_stream = socket_stream<boost::asio::local::stream_protocol>;

extern template class socket_stream<boost::asio::local::stream_protocol>;

}  // namespace curfew::detail
