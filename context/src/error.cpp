#include <curfew/error.hpp>

#include <string>

namespace curfew {

namespace {

class context_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "curfew.context"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value)) {
        case errc::canceled: return "canceled";
        case errc::deadline_exceeded: return "deadline exceeded";
        case errc::client_disconnected: return "client disconnected";
        case errc::shutdown: return "shutting down";
        }
        return "unknown";
    }

    boost::system::error_condition default_error_condition(int) const noexcept override
    {
        return make_error_condition(cond::canceled);
    }
};

class condition_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "curfew.condition"; }
    std::string message(int) const override { return "the context has ended"; }
};

}  // namespace

const boost::system::error_category& context_category() noexcept
{
    static const context_category_type category;
    return category;
}

const boost::system::error_category& context_condition_category() noexcept
{
    static const condition_category_type category;
    return category;
}

errc error_of(cause_kind kind) noexcept
{
    switch (kind) {
    case cause_kind::deadline_exceeded: return errc::deadline_exceeded;
    case cause_kind::client_disconnected: return errc::client_disconnected;
    case cause_kind::shutdown: return errc::shutdown;
    case cause_kind::none:
    case cause_kind::shed:
    case cause_kind::sibling_failed:
    case cause_kind::race_lost:
    case cause_kind::scope_left:
    case cause_kind::request_finished:
    case cause_kind::aborted_by_operator:
    case cause_kind::canceled: break;
    }
    return errc::canceled;
}

context_error::context_error(curfew::cause why)
    : system_error(make_error_code(error_of(why.kind()))), cause_(std::move(why))
{
}

}  // namespace curfew
