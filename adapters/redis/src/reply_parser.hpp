// Bytes in, replies out: hiredis' parser.
#pragma once

#include <curfew/adapters/redis/reply.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisReader;

namespace curfew::redis::detail {

/// Cuts what a server sends into replies.
class reply_parser {
public:
    /// `max_reply`: more bytes than this, and no reply complete, is an error.
    explicit reply_parser(std::size_t max_reply);

    void feed(std::string_view bytes);

    /// The next reply that is complete, if there is one. After an error there is none.
    std::optional<reply> next();

    /// What is wrong with what came; empty if nothing is.
    const std::string& error() const noexcept { return error_; }

private:
    struct frees {
        void operator()(redisReader* reader) const noexcept;
    };

    std::unique_ptr<redisReader, frees> reader_;
    std::size_t                         max_reply_;
    std::size_t                         incomplete_ = 0;  // bytes since the last reply
    std::string                         error_;
};

}  // namespace curfew::redis::detail
