#include "client_core.hpp"

#include "net_connector.hpp"

#include <curfew/detail/loop.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

namespace curfew::detail {

namespace {

namespace asio = boost::asio;

/// Closes what clients have on an io_context before its sockets' services go.
class client_keeper final : public asio::execution_context::service {
public:
    using key_type = client_keeper;
    static asio::execution_context::id id;

    explicit client_keeper(asio::execution_context& context) : service(context) {}

    void add(std::shared_ptr<client_loop> part) { parts_.push_back(std::move(part)); }
    void remove(const client_loop& part)
    {
        std::erase_if(parts_, [&](const auto& each) { return each.get() == &part; });
    }

private:
    void shutdown() override
    {
        for (const auto& each : std::exchange(parts_, {})) each->abandon();
    }

    std::vector<std::shared_ptr<client_loop>> parts_;
};

asio::execution_context::id client_keeper::id;

client_keeper& keeper_of(const loop& on)
{
    return asio::use_service<client_keeper>(asio::query(on.executor(), asio::execution::context));
}

client_core::connector_factory over_the_network(std::shared_ptr<const client_options> options)
{
    auto resolver = std::make_shared<name_resolver>(options->resolver.threads, options->resolver.waiting);
    auto tls      = std::make_shared<tls_settings>(options->tls);
    return [=](loop& on) { return std::make_unique<net_connector>(on, options, resolver, tls); };
}

}  // namespace

client_core::client_core(client_options options)
    : options_(std::make_shared<const client_options>(std::move(options))), connect_(over_the_network(options_))
{
}

client_core::client_core(client_options options, connector_factory connect)
    : options_(std::make_shared<const client_options>(std::move(options))), connect_(std::move(connect))
{
}

client_core::~client_core()
{
    for (auto* each = loops_.load(std::memory_order_acquire); each;) delete std::exchange(each, each->next);
}

client_loop& client_core::of(const context& ctx)
{
    auto& on = ctx.life().loop();
    if (!on.here()) throw std::logic_error("client: called outside the loop that its context belongs to");
    for (auto* each = loops_.load(std::memory_order_acquire); each; each = each->next)
        if (&each->part->loop() == &on) return *each->part;
    return add(on);
}

client_loop& client_core::add(loop& on)
{
    auto part  = std::make_shared<client_loop>(on, options_, connect_(on));
    auto added = std::make_unique<entry>(entry{part, loops_.load(std::memory_order_relaxed)});
    keeper_of(on).add(part);
    while (!loops_.compare_exchange_weak(added->next, added.get(), std::memory_order_acq_rel)) {}
    added.release();
    return *part;
}

void client_core::close() noexcept
{
    for (auto* each = loops_.load(std::memory_order_acquire); each; each = each->next) {
        auto shut = [part = each->part] {
            keeper_of(part->loop()).remove(*part);
            part->close();
        };
        if (each->part->loop().here())
            shut();
        else
            each->part->loop().post(std::move(shut));
    }
}

}  // namespace curfew::detail
