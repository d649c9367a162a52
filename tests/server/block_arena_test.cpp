#include "block_arena.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <vector>

namespace curfew::detail {

namespace {

constexpr std::size_t page_size  = 4096;
constexpr std::size_t block_size = 1024;

bool is_resident(char* address)
{
    unsigned char resident = 0;
    auto* const   page     = reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(address) & ~(page_size - 1));
    EXPECT_EQ(::mincore(page, page_size, &resident), 0);
    return (resident & 1) != 0;
}

TEST(block_arena, gives_out_no_block_twice)
{
    block_arena     arena{block_size};
    std::set<char*> taken;
    for (int i = 0; i != 1000; ++i) {
        char* const block = arena.take();
        std::memset(block, i, block_size);
        EXPECT_TRUE(taken.insert(block).second);
    }
    char* before = nullptr;
    for (char* const block : taken) {
        if (before) { EXPECT_GE(block - before, static_cast<std::ptrdiff_t>(block_size)); }
        before = block;
    }
    for (char* const block : taken) arena.give_back(block);
}

TEST(block_arena, keeps_what_is_in_use_while_others_come_and_go)
{
    block_arena                                     arena{block_size};
    std::mt19937                                    random(1);
    std::vector<std::pair<char*, unsigned char>>    used;
    for (int step = 0; step != 20'000; ++step) {
        if (used.size() < 300 && random() % 2 == 0) {
            const auto mark = static_cast<unsigned char>(random());
            used.emplace_back(arena.take(), mark);
            std::memset(used.back().first, mark, block_size);
        } else if (!used.empty()) {
            std::swap(used[random() % used.size()], used.back());
            const auto [block, mark] = used.back();
            ASSERT_TRUE(std::all_of(block, block + block_size,
                                    [m = mark](char c) { return static_cast<unsigned char>(c) == m; }));
            used.pop_back();
            arena.give_back(block);
        }
    }
    for (const auto& each : used) arena.give_back(each.first);
}

TEST(block_arena, leaves_the_rest_of_a_page_that_its_blocks_do_not_fill)
{
    constexpr std::size_t third = 1360;
    block_arena           arena{third};
    std::set<char*>       pages;
    for (int i = 0; i != 300; ++i) {
        char* const block = arena.take();
        std::memset(block, 'x', third);
        pages.insert(reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(block) & ~(page_size - 1)));
        EXPECT_LE((reinterpret_cast<std::uintptr_t>(block) & (page_size - 1)) + third, page_size);
    }

    EXPECT_EQ(pages.size(), 100u);
}

TEST(block_arena, returns_a_page_to_the_system_with_its_last_block)
{
    block_arena        arena{block_size};
    std::vector<char*> blocks;
    for (int i = 0; i != 4; ++i) {
        blocks.push_back(arena.take());
        blocks.back()[0] = 'x';
    }
    ASSERT_TRUE(is_resident(blocks[0]));

    for (std::size_t i = 0; i != 3; ++i) arena.give_back(blocks[i]);
    EXPECT_TRUE(is_resident(blocks[3]));
    EXPECT_EQ(blocks[3][0], 'x');
    arena.give_back(blocks[3]);

    EXPECT_FALSE(is_resident(blocks[3]));
}

}  // namespace

}  // namespace curfew::detail
