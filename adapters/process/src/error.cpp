#include <curfew/adapters/process/error.hpp>

#include <string>

namespace curfew::process {

namespace {

class process_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "process"; }
    std::string message(int code) const override
    {
        switch (static_cast<errc>(code)) {
        case errc::output_too_large: return "too much output";
        case errc::status_lost: return "its exit status is lost; SIGCHLD must not be ignored, and nobody else wait for it";
        case errc::too_many_waiting: return "too many programs wait to be started";
        }
        return "unknown error";
    }
};

}  // namespace

const boost::system::error_category& category() noexcept
{
    static const process_category instance;
    return instance;
}

}  // namespace curfew::process
