// A service that speaks TLS, for tests: certificates made on the spot, one thread.
#pragma once

#include "raw_client.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace curfew::testing {

template <auto F>
struct freed_by {
    template <class T>
    void operator()(T* p) const noexcept
    {
        F(p);
    }
};
using ssl_key  = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using ssl_cert = std::unique_ptr<X509, freed_by<X509_free>>;

/// An authority, or somebody it vouches for.
class certificate {
public:
    /// An authority of its own.
    certificate() : key_(EVP_EC_gen("P-256")), cert_(make(*this, "curfew test authority", "CA:TRUE", {})) {}
    /// One for `names` (`DNS:localhost,IP:127.0.0.1`).
    certificate(const certificate& authority, const std::string& names)
        : key_(EVP_EC_gen("P-256")), cert_(make(authority, "curfew test service", "CA:FALSE", names))
    {
    }

    EVP_PKEY* key() const noexcept { return key_.get(); }
    X509*     get() const noexcept { return cert_.get(); }

    /// Writes it as PEM. The file goes with the object that is returned.
    struct file {
        std::string path;
        explicit file(std::string p) : path(std::move(p)) {}
        file(const file&)            = delete;
        file& operator=(const file&) = delete;
        ~file() { std::filesystem::remove(path); }
    };
    std::unique_ptr<file> write() const
    {
        std::string name = (std::filesystem::temp_directory_path() / "curfew-test-XXXXXX").string();
        ::close(::mkstemp(name.data()));
        const std::unique_ptr<BIO, freed_by<BIO_free_all>> out(BIO_new_file(name.c_str(), "w"));
        PEM_write_bio_X509(out.get(), cert_.get());
        return std::make_unique<file>(name);
    }

private:
    ssl_cert make(const certificate& issuer, const char* name, const char* constraints, const std::string& names) const
    {
        ssl_cert cert(X509_new());
        X509_set_version(cert.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), issuer.cert_ ? 2 : 1);
        X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
        X509_set_pubkey(cert.get(), key_.get());
        auto* const subject = X509_get_subject_name(cert.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
        X509_set_issuer_name(cert.get(), issuer.cert_ ? X509_get_subject_name(issuer.cert_.get()) : subject);
        add(cert.get(), NID_basic_constraints, constraints);
        if (!names.empty()) add(cert.get(), NID_subject_alt_name, names.c_str());
        X509_sign(cert.get(), issuer.key_.get(), EVP_sha256());
        return cert;
    }
    static void add(X509* cert, int kind, const char* value)
    {
        auto* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
        X509_add_ext(cert, extension, -1);
        X509_EXTENSION_free(extension);
    }

    ssl_key  key_;
    ssl_cert cert_;
};

/// Accepts on 127.0.0.1 and treats each connection as `serve` does, one after the other.
class tls_peer {
public:
    /// A connection whose handshake has been made.
    class session {
    public:
        explicit session(SSL* ssl) : ssl_(ssl) {}

        /// Reads up to and with the empty line; empty at the end of the connection.
        std::string read_head()
        {
            std::string head;
            char        c;
            while (head.find("\r\n\r\n") == head.npos) {
                if (SSL_read(ssl_, &c, 1) != 1) return {};
                head += c;
            }
            return head;
        }
        void write(std::string_view bytes) { SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())); }
        void say_goodbye() { SSL_shutdown(ssl_); }
        /// The name that the client asked for.
        std::string asked_for() const
        {
            const char* const name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
            return name ? name : "";
        }

    private:
        SSL* ssl_;
    };

    tls_peer(const certificate& identity, std::function<void(session&)> serve) : serve_(std::move(serve))
    {
        ::signal(SIGPIPE, SIG_IGN);  // a client may leave while OpenSSL writes
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family      = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size     = sizeof at;
        ::bind(listener_, reinterpret_cast<sockaddr*>(&at), size);
        ::listen(listener_, 16);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        port_    = ntohs(at.sin_port);
        context_ = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context_, identity.get());
        SSL_CTX_use_PrivateKey(context_, identity.key());
        thread_ = std::thread([this] { accept(); });
    }
    ~tls_peer()
    {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
        SSL_CTX_free(context_);
    }
    tls_peer(const tls_peer&)            = delete;
    tls_peer& operator=(const tls_peer&) = delete;

    std::string url(std::string_view host = "127.0.0.1") const
    {
        return "https://" + std::string(host) + ":" + std::to_string(port_) + "/";
    }
    /// How many connections came, and how many handshakes were made.
    int accepted() const noexcept { return accepted_; }
    int established() const noexcept { return established_; }

private:
    void accept()
    {
        for (;;) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;
            ++accepted_;
            const timeval guard{raw_client::guard_ms / 1000, 0};
            ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof guard);
            SSL* const ssl = SSL_new(context_);
            SSL_set_fd(ssl, socket);
            if (SSL_accept(ssl) == 1) {
                ++established_;
                session one(ssl);
                serve_(one);
            }
            ERR_clear_error();
            SSL_free(ssl);
            ::close(socket);
        }
    }

    std::function<void(session&)> serve_;
    int                           listener_ = -1;
    int                           port_     = 0;
    SSL_CTX*                      context_  = nullptr;
    std::atomic<int>              accepted_ = 0, established_ = 0;
    std::thread                   thread_;
};

}  // namespace curfew::testing
