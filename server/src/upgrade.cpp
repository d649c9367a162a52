#include <curfew/upgrade.hpp>

#include "request_data.hpp"

#include <curfew/detail/ascii.hpp>
#include <curfew/http_error.hpp>

#include <string>

namespace curfew {
namespace {

/// Whether the client's `Upgrade` lists the protocol, in whichever version (RFC 9110 §7.8).
bool offers(const request& req, std::string_view protocol)
{
    for (auto value : req.header_all("Upgrade")) {
        while (!value.empty()) {
            auto offered = detail::trim(detail::take_until(value, ','));
            if (detail::iequals(offered, protocol) || detail::iequals(detail::take_until(offered, '/'), protocol))
                return true;
        }
    }
    return false;
}

task<upgraded_stream> take_over(context ctx, request req)
{
    ctx.throw_if_done();
    co_return upgraded_stream(co_await req.data().raw->take_over(std::move(ctx)));
}

}  // namespace

task<upgraded_stream> upgrade(context ctx, request req, std::string_view protocol)
{
    const auto& head = *req.data().head;
    if (!head.upgrade || !offers(req, protocol))
        throw http_error(status::upgrade_required, "this resource speaks " + std::string(protocol),
                         {{"Upgrade", protocol}, {"Connection", "Upgrade"}});
    if (!req.data().raw)
        throw http_error(status::not_implemented, "this connection cannot leave HTTP");
    return take_over(std::move(ctx), req);
}

}  // namespace curfew
