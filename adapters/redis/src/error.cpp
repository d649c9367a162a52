#include <curfew/adapters/redis/error.hpp>

#include <utility>

namespace curfew::redis {

namespace {

class redis_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "redis"; }
    std::string message(int code) const override
    {
        switch (static_cast<errc>(code)) {
        case errc::server: return "the server replied with an error";
        case errc::connection_lost: return "the connection was lost";
        case errc::protocol: return "the server sent what is no reply";
        case errc::too_many_waiting: return "too many commands wait";
        case errc::closed: return "the client is closed";
        case errc::wrong_type: return "the reply is of another type";
        }
        return "unknown error";
    }
};

}  // namespace

const boost::system::error_category& category() noexcept
{
    static const redis_category instance;
    return instance;
}

error::error(error_code code, std::string what)
    : system_error(code), what_(std::make_shared<const std::string>(std::move(what)))
{
}

}  // namespace curfew::redis
