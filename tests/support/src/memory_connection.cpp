#include "memory_connection_state.hpp"

#include <cstdint>
#include <utility>

namespace curfew::testing {

void memory_connection::write(std::string_view bytes)
{
    state_->wire->client_sends(bytes);
    state_->server->run();
}

void memory_connection::write_request(method m, std::string_view target, std::string_view lines)
{
    std::string head(to_string(m));
    head.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(lines).append("\r\n");
    write(head);
}

void memory_connection::half_close()
{
    state_->wire->client_finishes();
    state_->server->run();
}

void memory_connection::fin()
{
    state_->wire->client_closes();
    state_->server->run();
}

void memory_connection::reset()
{
    state_->wire->client_resets();
    state_->server->run();
}

void memory_connection::window(std::size_t bytes)
{
    state_->wire->client_window(bytes);
    state_->server->run();
}

void memory_connection::resume()
{
    window(SIZE_MAX);
}

const std::string& memory_connection::received()
{
    return state_->received += state_->wire->client_receives();
}

std::string memory_connection::take()
{
    received();
    return std::exchange(state_->received, {});
}

std::optional<answer> memory_connection::next_answer(method asked)
{
    auto found = parse_answer(received(), asked, finished() || closed());
    if (!found) return std::nullopt;
    state_->received.erase(0, found->size);
    return std::move(found->answer);
}

bool memory_connection::finished() const
{
    return state_->wire->server_finished();
}

bool memory_connection::closed() const
{
    return state_->wire->server_closed();
}

bool memory_connection::was_reset() const
{
    return state_->wire->server_reset();
}

}  // namespace curfew::testing
