// A connection that is taken over loses no byte: frames sent together with the request that asks for it.
#include "example_program.hpp"
#include "raw_client.hpp"

#include <curfew/testing/proves.hpp>

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <string_view>

namespace curfew {
namespace {

using testing::raw_client;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view asking = "GET /echo HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A text frame as clients send it: masked.
std::string client_frame(std::string_view text)
{
    constexpr std::array<char, 4> mask{'\x37', '\xfa', '\x21', '\x3d'};
    std::string frame("\x81", 1);
    frame += static_cast<char>(0x80 | text.size());
    frame.append(mask.data(), mask.size());
    for (std::size_t i = 0; i != text.size(); ++i) frame += static_cast<char>(text[i] ^ mask[i % 4]);
    return frame;
}

/// The same as servers send it.
std::string server_frame(std::string_view text)
{
    std::string frame("\x81", 1);
    frame += static_cast<char>(text.size());
    return frame.append(text);
}

struct websocket : ::testing::Test {
    example_program server{"websocket_echo"};
    raw_client      client{server.address};

    /// What has come back once `text` was the end of it.
    void expect_frames(const std::string& frames)
    {
        EXPECT_EQ(client.read_until(frames), frames);
    }
};

TEST_F(websocket, gets_the_frame_that_came_with_the_request)
{
    CURFEW_PROVES("D7");

    client.send(std::string(asking) + client_frame("first"));

    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    expect_frames(server_frame("first"));
    client.send(client_frame("second"));
    expect_frames(server_frame("second"));
}

TEST_F(websocket, gets_a_frame_of_which_a_part_came_with_the_request)
{
    CURFEW_PROVES("D7");
    const auto frame = client_frame("in two parts");

    client.send(std::string(asking) + frame.substr(0, 9));
    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    client.send(frame.substr(9));

    expect_frames(server_frame("in two parts"));
}

TEST_F(websocket, gets_every_frame_that_came_with_the_request_and_its_clients_end)
{
    CURFEW_PROVES("D7");

    client.send(std::string(asking) + client_frame("one") + client_frame("two") + client_frame("three"));
    client.finish();

    EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
    expect_frames(server_frame("one") + server_frame("two") + server_frame("three"));
}

}  // namespace
}  // namespace curfew
