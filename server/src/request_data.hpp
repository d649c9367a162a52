// What a `request` refers to. The connection has one, and fills it anew for each request.
#pragma once

#include "body_source.hpp"
#include "path_match.hpp"
#include "request_head.hpp"
#include "stream_source.hpp"

#include <string_view>

namespace curfew::detail {

struct compiled_route;

struct request_data {
    const request_head*   head   = nullptr;
    const compiled_route* route  = nullptr;  ///< Set by `route_table::find`'s caller, as it returned it.
    path_match            params;            ///< Set by `route_table::find`.
    body_source*          source = nullptr;
    stream_source*        raw    = nullptr;  ///< None: the connection cannot be taken over.
    std::string_view      peer;              ///< Address and port, as text.
};

}  // namespace curfew::detail
