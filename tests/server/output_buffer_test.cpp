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

TEST(output_buffer, keeps_no_more_memory_for_the_next_answer_than_most_of_them_need)
{
    buffer_pool   pool;
    output_buffer out(pool);
    out.append(std::string(10'000, 'a'));
    out.consume(10'000);
    EXPECT_GE(out.capacity(), 10'000u);

    out.append(std::string(1'000'000, 'b'));
    out.consume(999'999);
    EXPECT_EQ(out.view(), "b");
    out.consume(1);

    EXPECT_EQ(out.capacity(), 0u);
    out.append("c");
    EXPECT_EQ(out.view(), "c");
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
