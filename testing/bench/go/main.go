// The same work as the Java benchmarks, for Go's context. Prints a line for each: name, nanoseconds
// for one operation. Needs nothing but the standard library; ./build bench runs it.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"testing"
	"time"
)

const (
	runs    = 3
	million = 1_000_000
)

type key int

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--help" {
		fmt.Println("usage: go run . \nprints: NAME NANOSECONDS, a line for each benchmark")
		return
	}
	fmt.Println("version", runtime.Version())
	live()
	ended()
	derive()
	observe()
	timers()
	values()
	cancelMany()
	wake()
}

// What is derived here is ended by its parent: go vet's "lostcancel" does not see that.

// report prints the median of several runs.
func report(name string, once func() float64) {
	figures := make([]float64, runs)
	for i := range figures {
		figures[i] = once()
	}
	sort.Float64s(figures)
	fmt.Printf("%s %.2f\n", name, figures[runs/2])
}

func perOperation(name string, body func(b *testing.B)) {
	report(name, func() float64 {
		result := testing.Benchmark(body)
		return float64(result.T.Nanoseconds()) / float64(result.N)
	})
}

func sequential(name string, operation func()) {
	perOperation(name, func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			operation()
		}
	})
}

// onTwo measures the time that one operation takes each of two goroutines.
func onTwo(name string, operation func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	perOperation(name, func(b *testing.B) {
		b.SetParallelism(1)
		each := b.N
		done := make(chan struct{})
		for g := 0; g < 2; g++ {
			go func() {
				for i := 0; i < each; i++ {
					operation()
				}
				done <- struct{}{}
			}()
		}
		<-done
		<-done
	})
}

var sink any

func live() {
	for _, depth := range []int{1, 10, 100} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		for i := 0; i < depth; i++ {
			ctx, _ = context.WithCancel(ctx)
		}
		sequential("err/"+strconv.Itoa(depth), func() {
			if ctx.Err() != nil {
				panic("ended")
			}
		})
		cancel()
	}
}

func ended() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	read := func() {
		if ctx.Err() == nil {
			panic("live")
		}
	}
	sequential("errEnded", read)
	onTwo("errEndedOnTwo", read)
}

func derive() {
	parent, end := context.WithCancel(context.Background())
	defer end()
	withCancel := func() {
		_, cancel := context.WithCancel(parent)
		cancel()
	}
	sequential("withCancel", withCancel)
	onTwo("withCancelOnTwo", withCancel)
	sequential("withTimeout", func() {
		_, cancel := context.WithTimeout(parent, time.Minute)
		cancel()
	})
}

func observe() {
	for _, siblings := range []int{0, 1000, 100000} {
		parent, end := context.WithCancel(context.Background())
		for i := 0; i < siblings; i++ {
			sibling, _ := context.WithCancel(parent)
			sink = sibling.Done()
		}
		operation := func() {
			ctx, cancel := context.WithCancel(parent)
			done := ctx.Done()
			cancel()
			<-done
		}
		sequential("observe/"+strconv.Itoa(siblings), operation)
		onTwo("observeOnTwo/"+strconv.Itoa(siblings), operation)
		end()
	}
}

func timers() {
	for _, outstanding := range []int{40, 400000} {
		parent, end := context.WithCancel(context.Background())
		for i := 0; i < outstanding; i++ {
			other, _ := context.WithTimeout(parent, time.Hour+time.Duration(i%3600)*time.Second)
			sink = other.Done()
		}
		sequential("observeWithTimeout/"+strconv.Itoa(outstanding), func() {
			ctx, cancel := context.WithTimeout(parent, time.Minute)
			done := ctx.Done()
			cancel()
			<-done
		})
		end()
	}
}

func values() {
	for _, count := range []int{1, 10, 32, 100} {
		ctx := context.Background()
		for i := 0; i < count; i++ {
			ctx = context.WithValue(ctx, key(i), "value")
		}
		sequential("value/"+strconv.Itoa(count), func() { sink = ctx.Value(key(0)) })
		sequential("withValue/"+strconv.Itoa(count), func() {
			sink = context.WithValue(ctx, key(-1), "value")
		})
	}
}

// cancelMany prints milliseconds for a million contexts.
func cancelMany() {
	report("cancelChildrenMs", func() float64 {
		top, cancel := context.WithCancel(context.Background())
		held := make([]context.Context, million)
		for i := range held {
			held[i], _ = context.WithCancel(top)
			sink = held[i].Done()
		}
		return millis(cancel)
	})
	report("cancelChainMs", func() float64 {
		top, cancel := context.WithCancel(context.Background())
		leaf := top
		for i := 0; i < million; i++ {
			leaf, _ = context.WithCancel(leaf)
		}
		sink = leaf.Done()
		return millis(cancel)
	})
}

func millis(cancel func()) float64 {
	begin := time.Now()
	cancel()
	return float64(time.Since(begin).Nanoseconds()) / 1e6
}

// wake measures from a cancel to the moment at which the goroutine that waited for it runs.
func wake() {
	report("wake", func() float64 {
		const turns = 2000
		figures := make([]float64, turns)
		for i := range figures {
			ctx, cancel := context.WithCancel(context.Background())
			woken := make(chan time.Time)
			go func() {
				<-ctx.Done()
				woken <- time.Now()
			}()
			time.Sleep(100 * time.Microsecond) // it waits by then
			begin := time.Now()
			cancel()
			figures[i] = float64((<-woken).Sub(begin).Nanoseconds())
		}
		sort.Float64s(figures)
		return figures[turns/2]
	})
}
