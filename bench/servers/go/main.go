// Go's net/http, as its documentation shows it.
//
//	go_http PORT [REPORT_FD]
//
//	/            hello
//	/context     hello, with a value and a deadline on the request's context
//	/sleep       hello after 10 ms, unless the client goes away
//	/echo        the JSON that was sent, parsed and written again
//	/upload      how many bytes were sent
//	/download    64 MB, in pieces of 64 KB
//	/wait?id=N   waits until the client has gone, then writes {N, now} to REPORT_FD (see clients/disconnect.c)
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

var body = []byte("Hello, World!")

func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	w.Write(body)
}

type traceKey struct{}

func helloWithContext(w http.ResponseWriter, r *http.Request) {
	traced := context.WithValue(r.Context(), traceKey{}, r.Header.Get("Traceparent"))
	ctx, cancel := context.WithTimeout(traced, 30*time.Second)
	defer cancel()
	if ctx.Err() == nil && ctx.Value(traceKey{}) != nil {
		hello(w, r)
	}
}

func sleep(w http.ResponseWriter, r *http.Request) {
	timer := time.NewTimer(10 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		hello(w, r)
	case <-r.Context().Done():
	}
}

const largestBody = 1 << 20

func echo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, "this takes JSON", http.StatusUnsupportedMediaType)
		return
	}
	var value any
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestBody)).Decode(&value); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}

func upload(w http.ResponseWriter, r *http.Request) {
	received, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	io.WriteString(w, strconv.Itoa(len(received)))
}

func download(w http.ResponseWriter, _ *http.Request) {
	const pieces = 1024
	piece := make([]byte, 64*1024)
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(pieces*len(piece)))
	for i := 0; i < pieces; i++ {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}

func wait(report *os.File) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		now := monotonicNanoseconds()
		id, _ := strconv.ParseUint(r.URL.Query().Get("id"), 10, 64)
		var record [16]byte
		binary.LittleEndian.PutUint64(record[:8], id)
		binary.LittleEndian.PutUint64(record[8:], now)
		report.Write(record[:])
	}
}

// time.Now's monotonic reading cannot be compared with another process's; the clock itself can.
func monotonicNanoseconds() uint64 {
	const clockMonotonic = 1
	var ts syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&ts)), 0)
	return uint64(ts.Sec)*1e9 + uint64(ts.Nsec)
}

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: go_http PORT [REPORT_FD]")
	}
	http.HandleFunc("/", hello)
	http.HandleFunc("/context", helloWithContext)
	http.HandleFunc("/sleep", sleep)
	http.HandleFunc("/echo", echo)
	http.HandleFunc("/upload", upload)
	http.HandleFunc("/download", download)
	if len(os.Args) > 2 {
		fd, err := strconv.Atoi(os.Args[2])
		if err != nil {
			log.Fatal(err)
		}
		http.HandleFunc("/wait", wait(os.NewFile(uintptr(fd), "report")))
	}

	listener, err := net.Listen("tcp4", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, nil))
}
