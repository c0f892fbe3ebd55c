// Go's pquerna/otp. Its arguments and its answer are those of harness.h.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
const longWindow = 500

func codeFromBase32(now time.Time, _ string) string {
	code, err := totp.GenerateCode(secret, now)
	require(err)
	return code
}

func validate(now time.Time, code string, skew uint) string {
	options := totp.ValidateOpts{Period: 30, Skew: skew, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	isValid, err := totp.ValidateCustom(code, secret, now, options)
	require(err)
	if isValid {
		return "1"
	}
	return "0"
}

var calls = map[string]func(time.Time, string) string{
	"codeFromBase32":   codeFromBase32,
	"verifyFromBase32": func(now time.Time, code string) string { return validate(now, code, 1) },
	"resynchronize":    func(now time.Time, code string) string { return validate(now, code, longWindow) },
}

// processorMicroseconds counts all threads, so the garbage collector too.
func processorMicroseconds() float64 {
	var usage syscall.Rusage
	require(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e3
}

func require(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(runtime.Version())
		return
	}
	call, isThere := calls[os.Args[1]]
	if !isThere {
		fmt.Fprintln(os.Stderr, "no such call")
		os.Exit(1)
	}
	count, err := strconv.Atoi(os.Args[2])
	require(err)
	seconds, err := strconv.ParseInt(os.Args[3], 10, 64)
	require(err)
	code := ""
	if len(os.Args) > 4 {
		code = os.Args[4]
	}
	at := func() time.Time {
		if seconds == 0 {
			return time.Now()
		}
		return time.Unix(seconds, 0)
	}
	result := call(at(), code)
	start := processorMicroseconds()
	for index := 0; index < count; index++ {
		result = call(at(), code)
	}
	fmt.Printf("%.6f %s\n", (processorMicroseconds()-start)/float64(count), result)
}
