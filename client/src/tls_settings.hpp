// What all TLS connections of a client share.
#pragma once

#include <curfew/client_options.hpp>

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <mutex>
#include <optional>

namespace curfew::detail {

/// Whom a client trusts. A client that calls no `https` loads nothing, unless it was given a file of its own.
///
/// Thread safety: all functions, from any thread.
class tls_settings {
public:
    /// Errors: `std::system_error` naming the file, if one is given that cannot be used.
    explicit tls_settings(const tls_options& options);
    tls_settings(const tls_settings&)            = delete;
    tls_settings& operator=(const tls_settings&) = delete;

    /// Loads the system's certificates at the first call.
    boost::asio::ssl::context& get();
    bool                       verifies() const noexcept { return options_.verify; }

private:
    void load();

    tls_options                              options_;
    std::once_flag                           loaded_;
    std::optional<boost::asio::ssl::context> context_;
};

}  // namespace curfew::detail
