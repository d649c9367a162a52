// Beast's parser, as the client uses it.
#pragma once

#include <curfew/fields.hpp>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace curfew::detail {

/// Splits one answer into status, fields and content. Judges what Beast lets pass.
class answer_parser final : public boost::beast::http::basic_parser<false> {
public:
    using error_code = boost::system::error_code;

    /// Lifetime: `head` and `trailers` are borrowed, and filled. `without_body`: whatever the head says.
    answer_parser(fields& head, fields& trailers, std::size_t max_trailers, bool without_body);

    /// Parses a whole head. Returns: what is wrong with it; null if nothing is.
    const char* read_head(std::string_view bytes);

    /// Decodes content from the front of `bytes` into `into`.
    struct decoded {
        std::size_t used    = 0;        ///< So many of `bytes` are done with.
        std::size_t written = 0;        ///< So many bytes of content were put into `into`.
        const char* wrong   = nullptr;  ///< What is wrong with them.
    };
    decoded read_body(std::string_view bytes, std::span<char> into);

    unsigned status() const noexcept { return status_; }
    /// Whether the connection goes on after this answer. Precondition: the head has been read.
    bool     keeps_connection() const noexcept;

private:
    void on_request_impl(boost::beast::http::verb, boost::beast::string_view, boost::beast::string_view, int,
                         error_code&) override
    {
    }
    void on_response_impl(int code, boost::beast::string_view reason, int version, error_code& error) override;
    void on_field_impl(boost::beast::http::field name, boost::beast::string_view text, boost::beast::string_view value,
                       error_code& error) override;
    void on_header_impl(error_code&) override { in_head_ = false; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view bytes, error_code& error) override { return write(bytes, error); }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view bytes, error_code& error) override
    {
        return write(bytes, error);
    }
    void on_finish_impl(error_code&) override {}

    std::size_t write(boost::beast::string_view bytes, error_code& error);
    void        keep(fields& in, boost::beast::string_view text, boost::beast::string_view value, error_code& error);
    void        stop(const char* why, error_code& error);

    fields&         head_;
    fields&         trailers_;
    std::size_t     trailers_left_;
    std::span<char> into_;
    std::size_t     written_ = 0;
    unsigned        status_  = 0;
    int             version_ = 0;
    bool            in_head_ = true;
    bool            chunked_ = false;
    const char*     wrong_   = nullptr;
};

}  // namespace curfew::detail
