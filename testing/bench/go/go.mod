module dev.belay/bench

go 1.19
