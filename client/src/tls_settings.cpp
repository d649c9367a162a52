#include "tls_settings.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/system/system_error.hpp>

#include <openssl/ssl.h>

#include <iterator>

namespace curfew::detail {

namespace ssl = boost::asio::ssl;

tls_settings::tls_settings(const tls_options& options) : options_(options)
{
    if (!options_.ca_file.empty()) get();
}

ssl::context& tls_settings::get()
{
    std::call_once(loaded_, [this] { load(); });
    return *context_;
}

void tls_settings::load()
{
    ssl::context settings(ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(settings.native_handle(), TLS1_2_VERSION);
    static constexpr unsigned char protocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_CTX_set_alpn_protos(settings.native_handle(), protocols, static_cast<unsigned>(std::size(protocols)));
    if (options_.verify) {
        settings.set_verify_mode(ssl::verify_peer);
        boost::system::error_code error;
        if (options_.ca_file.empty())
            settings.set_default_verify_paths(error);
        else
            settings.load_verify_file(options_.ca_file, error);
        if (error)
            throw boost::system::system_error(error, options_.ca_file.empty() ? "tls: load the system's certificates"
                                                                              : "tls: load " + options_.ca_file);
    }
    context_.emplace(std::move(settings));
}

}  // namespace curfew::detail
