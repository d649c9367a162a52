#include <curfew/client_error.hpp>

#include <boost/system/errc.hpp>

#include <utility>

namespace curfew {

namespace {

class client_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "curfew.client"; }

    std::string message(int value) const override
    {
        switch (static_cast<client_errc>(value)) {
        case client_errc::malformed_url: return "malformed URL";
        case client_errc::insufficient_budget: return "insufficient budget";
        case client_errc::queue_full: return "too many calls wait for a connection";
        case client_errc::timed_out: return "timed out";
        case client_errc::host_not_found: return "host not found";
        case client_errc::certificate_rejected: return "certificate rejected";
        case client_errc::connection_closed: return "connection closed before the answer began";
        case client_errc::truncated: return "connection closed within the answer";
        case client_errc::malformed_answer: return "malformed answer";
        case client_errc::head_too_large: return "head of the answer too large";
        case client_errc::body_too_large: return "body of the answer too large";
        case client_errc::body_length: return "body of the request not as long as announced";
        case client_errc::too_many_redirects: return "too many redirects";
        case client_errc::unexpected_status: return "unexpected status";
        case client_errc::not_json: return "not JSON";
        }
        return "unknown";
    }

    boost::system::error_condition default_error_condition(int value) const noexcept override
    {
        switch (static_cast<client_errc>(value)) {
        case client_errc::insufficient_budget:
        case client_errc::timed_out: return boost::system::errc::make_error_condition(boost::system::errc::timed_out);
        default: return {value, *this};
        }
    }
};

}  // namespace

const boost::system::error_category& client_category() noexcept
{
    static const client_category_type category;
    return category;
}

std::string_view to_string(call_phase phase) noexcept
{
    switch (phase) {
    case call_phase::prepare: return "prepare";
    case call_phase::queue: return "queue";
    case call_phase::resolve: return "resolve";
    case call_phase::connect: return "connect";
    case call_phase::handshake: return "handshake";
    case call_phase::send: return "send";
    case call_phase::read: return "read";
    }
    return "unknown";
}

client_error::client_error(error_code code, call_phase phase, std::string origin, std::string_view details)
    : system_error(code), phase_(phase), origin_(std::move(origin)), text_("call ")
{
    if (!origin_.empty()) text_.append(origin_).append(": ");
    text_.append(to_string(phase_)).append(": ").append(code.message());
    if (!details.empty()) text_.append(": ").append(details);
}

}  // namespace curfew
