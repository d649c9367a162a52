// What a client shares between loops, and where each loop finds its own part.
#pragma once

#include "client_loop.hpp"
#include "name_resolver.hpp"
#include "tls_settings.hpp"

#include <curfew/client_options.hpp>
#include <curfew/context.hpp>

#include <atomic>
#include <functional>
#include <memory>

namespace curfew::detail {

/// Options, trust, resolver threads; and a list of the loops that have used the client, each with its own pools.
///
/// Thread safety: all functions, from any thread. A loop finds its part without a lock: the list only grows.
class client_core : public std::enable_shared_from_this<client_core> {
public:
    using connector_factory = std::function<std::unique_ptr<client_connector>(loop& on)>;

    /// Errors: see `client`.
    explicit client_core(client_options options);
    /// Connects in another way than over the network: for tests.
    client_core(client_options options, connector_factory connect);
    ~client_core();
    client_core(const client_core&)            = delete;
    client_core& operator=(const client_core&) = delete;

    const client_options& options() const noexcept { return *options_; }

    /// The part of the loop of `ctx`. Precondition: this thread runs it.
    /// Errors: `std::logic_error` if it does not.
    client_loop& of(const context& ctx);

    /// The client is gone: every loop closes its idle connections.
    void close() noexcept;

private:
    struct entry {
        std::shared_ptr<client_loop> part;
        entry*                       next;
    };

    client_loop& add(loop& on);

    std::shared_ptr<const client_options> options_;
    connector_factory                     connect_;
    std::atomic<entry*>                   loops_{nullptr};
};

}  // namespace curfew::detail
