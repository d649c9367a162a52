#include "output_buffer.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace curfew::detail {

namespace {

TEST(output_buffer, keeps_order_while_it_is_filled_and_sent_in_turn)
{
    buffer_pool pool;
    output_buffer out(pool);
    std::string expected;
    std::string sent;
    for (int i = 0; i < 1000; ++i) {
        const std::string piece(static_cast<std::size_t>(i % 97), static_cast<char>('a' + i % 26));
        out.append(piece);
        expected += piece;
        const std::size_t count = out.size() / 2;
        sent += out.view().substr(0, count);
        out.consume(count);
    }
    sent += out.view();

    EXPECT_EQ(sent, expected);
}

TEST(output_buffer, is_empty_after_a_release)
{
    buffer_pool pool;
    output_buffer out(pool);
    out.append("abc");

    out.release();

    EXPECT_TRUE(out.empty());
    out.append("d");
    EXPECT_EQ(out.view(), "d");
}

}  // namespace

}  // namespace curfew::detail
