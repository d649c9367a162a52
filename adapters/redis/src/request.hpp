// Commands on their way to the server, and their replies on the way back.
#pragma once

#include "outcome.hpp"

#include <curfew/after_cancel.hpp>
#include <curfew/detail/remote_wait.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace curfew::redis::detail {

class station;
class wire;

/// What one call sends, and what the coroutine that waits for it gets. Shared with the connection.
///
/// Everything but the cancel runs on the station's loop.
class request final : public curfew::detail::remote_wait {
public:
    enum class connection { shared, own };

    /// `bytes`: `commands` commands, as the server reads them. `name`: what to call them in an error.
    request(context own, boost::asio::any_io_executor caller, std::shared_ptr<station> at, connection which,
            std::string name, std::string bytes, std::size_t commands);

    const std::string& name() const noexcept { return name_; }
    const std::string& bytes() const noexcept { return bytes_; }
    std::size_t        commands() const noexcept { return commands_; }
    connection         which() const noexcept { return which_; }
    /// The connection that has it. Set by the station.
    std::shared_ptr<wire> on;

    /// Takes one reply; the last one completes it.
    void take(reply one);
    void fail(error_code code, std::string what);
    bool completed() const noexcept { return completed_; }

    /// Precondition: completed, and the coroutine goes on.
    outcome& reached() noexcept { return outcome_; }

private:
    void begin() override;
    void ended() noexcept override { on_cancel_.reset(); }
    void cancel();
    void complete();

    std::shared_ptr<station>            station_;
    connection                          which_;
    std::string                         name_;
    std::string                         bytes_;
    std::size_t                         commands_;
    bool                                completed_ = false;
    outcome                             outcome_;
    curfew::cancel_registration         on_cancel_;
};

}  // namespace curfew::redis::detail
