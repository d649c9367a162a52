// Connections over the network: names, addresses, TLS.
#pragma once

#include "client_connector.hpp"
#include "host_cache.hpp"
#include "tcp_client_stream.hpp"
#include "tls_settings.hpp"

#include <curfew/client_options.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>

namespace curfew::detail {

/// Connects on one loop.
///
/// Addresses are tried in the order in which the system gives them. Each has its share of the time that is left, so that
/// one that does not answer leaves some to the others.
class net_connector final : public client_connector {
public:
    net_connector(loop& on, std::shared_ptr<const client_options> options, std::shared_ptr<name_resolver> resolver,
                  std::shared_ptr<tls_settings> tls);

    task<stream_ptr> connect(const context& ctx, const origin& to) override;
    void             abandon() noexcept override { hosts_->abandon(); }

private:
    task<client_socket> open(const context& ctx, const origin& to);
    task<stream_ptr>    secure(const context& ctx, const origin& to, client_socket socket);

    loop&                                 loop_;
    std::shared_ptr<const client_options> options_;
    std::shared_ptr<host_cache>           hosts_;
    std::shared_ptr<tls_settings>         tls_;
};

}  // namespace curfew::detail
