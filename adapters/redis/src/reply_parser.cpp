#include "reply_parser.hpp"

#include <hiredis/hiredis.h>

#include <new>
#include <utility>
#include <vector>

namespace curfew::redis::detail {

namespace {

reply converted(const redisReply& from)
{
    const auto text = [&](reply_type type) { return reply::text(type, std::string(from.str, from.len)); };
    switch (from.type) {
    case REDIS_REPLY_STATUS: return text(reply_type::status);
    case REDIS_REPLY_ERROR: return text(reply_type::error);
    case REDIS_REPLY_STRING: return text(reply_type::string);
    case REDIS_REPLY_INTEGER: return reply::integer(from.integer);
    case REDIS_REPLY_ARRAY: {
        std::vector<reply> elements;
        elements.reserve(from.elements);
        for (std::size_t i = 0; i < from.elements; ++i) elements.push_back(converted(*from.element[i]));
        return reply::array(std::move(elements));
    }
    default: return reply();
    }
}

struct frees_reply {
    void operator()(redisReply* one) const noexcept { freeReplyObject(one); }
};

}  // namespace

void reply_parser::frees::operator()(redisReader* reader) const noexcept
{
    redisReaderFree(reader);
}

reply_parser::reply_parser(std::size_t max_reply) : reader_(redisReaderCreate()), max_reply_(max_reply)
{
    if (!reader_) throw std::bad_alloc();
}

void reply_parser::feed(std::string_view bytes)
{
    if (!error_.empty()) return;
    incomplete_ += bytes.size();
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) error_ = reader_->errstr;
}

std::optional<reply> reply_parser::next()
{
    if (!error_.empty()) return std::nullopt;
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) {
        error_ = reader_->errstr;
        return std::nullopt;
    }
    if (!raw) {
        if (incomplete_ > max_reply_) error_ = "a reply of more than " + std::to_string(max_reply_) + " bytes";
        return std::nullopt;
    }
    const std::unique_ptr<redisReply, frees_reply> owned(static_cast<redisReply*>(raw));
    incomplete_ = reader_->len - reader_->pos;
    return converted(*owned);
}

}  // namespace curfew::redis::detail
