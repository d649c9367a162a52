#include "net_connector.hpp"

#include "call_error.hpp"
#include "tls_client_stream.hpp"

#include <curfew/bind_context.hpp>
#include <curfew/client_error.hpp>
#include <curfew/sleep.hpp>

#include <boost/asio/error.hpp>

#include <string>
#include <utility>

namespace curfew::detail {

namespace asio = boost::asio;

namespace {

// What an address may use of the time that is left, if so many have not been tried.
duration share_of(const context& ctx, std::size_t addresses)
{
    return *ctx.remaining() / static_cast<duration::rep>(addresses);
}

// `phase` is what limits the phase, within `ctx`.
[[noreturn]] void throw_limited(const context& ctx, const context& phase, call_phase at, const origin& to, const error_code& error)
{
    ctx.throw_if_done();
    if (phase.done()) throw client_error(client_errc::timed_out, at, to.text());
    if (error == asio::error::operation_aborted) throw_ended(ctx, error);
    throw client_error(error, at, to.text());
}

}  // namespace

net_connector::net_connector(loop& on, std::shared_ptr<const client_options> options,
                             std::shared_ptr<name_resolver> resolver, std::shared_ptr<tls_settings> tls)
    : loop_(on),
      options_(std::move(options)),
      hosts_(std::make_shared<host_cache>(on, options_->resolver, std::move(resolver))),
      tls_(std::move(tls))
{
}

task<stream_ptr> net_connector::connect(const context& ctx, const origin& to)
{
    auto socket = co_await open(ctx, to);
    if (to.secure) co_return co_await secure(ctx, to, std::move(socket));
    co_return std::make_unique<tcp_client_stream>(std::move(socket));
}

task<client_socket> net_connector::open(const context& ctx, const origin& to)
{
    const auto            phase = with_timeout(ctx, options_->timeouts.connect, "connect");
    host_cache::addresses addresses;
    bool                  too_slow = false;
    try {
        addresses = co_await hosts_->resolve(phase, to.host, to.text());
    } catch (const context_error&) {
        too_slow = true;
    }
    if (too_slow) throw_limited(ctx, phase, call_phase::resolve, to, {});

    error_code last = asio::error::host_unreachable;
    for (std::size_t i = 0; i != addresses.size(); ++i) {
        client_socket                 socket(loop_.executor());
        const asio::ip::tcp::endpoint endpoint(addresses[i], to.port);
        socket.open(endpoint.protocol(), last);
        if (last) continue;
        prepare_socket(socket);
        const auto turn = with_timeout(phase, share_of(phase, addresses.size() - i), "connect to one address");
        const auto done = co_await socket.async_connect(endpoint, bind_context(turn, nothrow));
        last            = std::get<0>(done);
        if (!last) co_return std::move(socket);
        if (phase.done() || last == asio::error::operation_aborted) break;
        if (turn.done()) last = client_errc::timed_out;
    }
    throw_limited(ctx, phase, call_phase::connect, to, last);
}

task<stream_ptr> net_connector::secure(const context& ctx, const origin& to, client_socket socket)
{
    const auto phase  = with_timeout(ctx, options_->timeouts.handshake, "TLS handshake");
    auto       stream = std::make_unique<tls_client_stream>(std::move(socket), tls_->get(), to.host, tls_->verifies());
    const auto error  = co_await stream->handshake(phase);
    if (!error) co_return std::move(stream);
    if (const auto why = stream->rejection(); !why.empty() && !phase.done())
        throw client_error(client_errc::certificate_rejected, call_phase::handshake, to.text(), why);
    throw_limited(ctx, phase, call_phase::handshake, to, error);
}

}  // namespace curfew::detail
