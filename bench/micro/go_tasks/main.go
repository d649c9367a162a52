// What a goroutine costs: to start and join, to switch to and back, to keep waiting. Beside tasks.cpp.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

func print(what string, value float64, unit string) { fmt.Printf("%s\t%.0f\t%s\n", what, value, unit) }

func residentBytes() float64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	var size, resident float64
	fmt.Sscan(string(statm), &size, &resident)
	return resident * float64(os.Getpagesize())
}

func each(since time.Time, count int) float64 {
	return float64(time.Since(since).Nanoseconds()) / float64(count)
}

func main() {
	runtime.GOMAXPROCS(1)

	// First, as memory that other measurements have given back would hide what this one takes.
	const waiting = 100_000
	var group sync.WaitGroup
	before := residentBytes()
	ctx, cancel := context.WithCancel(context.Background())
	group.Add(waiting)
	for i := 0; i < waiting; i++ {
		go func() {
			defer group.Done()
			own, done := context.WithTimeout(ctx, time.Hour)
			defer done()
			<-own.Done()
		}()
	}
	runtime.Gosched()
	print("goroutine: waiting under its own context with a timeout", (residentBytes()-before)/waiting, "bytes")
	since := time.Now()
	cancel()
	group.Wait()
	print("goroutine: cancel one of 100,000 and join it", each(since, waiting), "ns")

	const count = 100_000
	since = time.Now()
	group.Add(count)
	for i := 0; i < count; i++ {
		go group.Done()
	}
	group.Wait()
	print("goroutine: start and join", each(since, count), "ns")

	const rounds = 500_000
	there, back := make(chan int), make(chan int)
	go func() {
		for range there {
			back <- 0
		}
	}()
	since = time.Now()
	for i := 0; i < rounds; i++ {
		there <- 0
		<-back
	}
	print("goroutine: switch", each(since, 2*rounds), "ns")
}
