// What a client has on one loop: the shared connection, and those of blocking commands.
#pragma once

#include "wire.hpp"

#include <curfew/detail/loop.hpp>
#include <curfew/detail/slot_pool.hpp>

#include <memory>
#include <string>
#include <vector>

namespace curfew::redis::detail {

class client_core;

/// Used on its loop only, but for `slots` and `close_later`.
class station : public std::enable_shared_from_this<station>, private curfew::detail::loop_wait {
public:
    station(curfew::detail::loop& on, std::shared_ptr<client_core> of);
    ~station();

    curfew::detail::slot_pool& slots() noexcept { return *slots_; }

    void submit(std::shared_ptr<request> one);
    /// The request is canceled. Its own connection is closed; on the shared one it is forgotten.
    void give_up(request& one);

    /// Ends everything on the loop, soon.
    void close_later();

private:
    void submit_shared(std::shared_ptr<request> one);
    void submit_own(std::shared_ptr<request> one);
    void close();
    void abandon() noexcept override;
    void refuse(request& one, error_code code, const std::string& why) const;
    /// One of the blocking commands' connections that nobody uses, or a new one.
    std::shared_ptr<wire> free_wire();
    void                  send(std::shared_ptr<wire> by, std::shared_ptr<request> one);

    curfew::detail::loop&                      loop_;
    std::shared_ptr<client_core>               client_;
    std::shared_ptr<curfew::detail::slot_pool> slots_;
    std::shared_ptr<wire>                      shared_;
    std::vector<std::shared_ptr<wire>>         own_;  // all that live, lent or idle
    bool                                       closed_  = false;
};

}  // namespace curfew::redis::detail
