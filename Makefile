.DEFAULT_GOAL := help
CONFIGURATION ?= Release

# Settings of `make run`; each may be given on the command line.
HTTP_PORT    ?= 8080
GRPC_PORT    ?= 8081
CONTROL_PORT ?= 8090
HEALTH_PORT  ?= 8091
UDP_PORT     ?= 40000
WORKERS      ?=
ADDRESSES    ?=
ANNOUNCED    ?=
TLS          ?=
RUN_DIR      ?= .run
FUZZ_INPUTS  ?= 10000000
AWAY_SECONDS ?= 600
ATTACK_SECONDS ?= 60
export CONFIGURATION HTTP_PORT GRPC_PORT CONTROL_PORT HEALTH_PORT UDP_PORT WORKERS ADDRESSES ANNOUNCED TLS RUN_DIR

help:   ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10
setup:  ## install whatever running and testing need and this machine lacks
	@deploy/local/install run test bench
run:    ## build and start signaling and one SFU node here; TLS=1 for phones on the LAN, HTTP_PORT= and others to move
	@deploy/local/install run
	@deploy/local/build
	@deploy/local/run
build:  ## compile everything; a warning is an error
	@deploy/local/build all
test:   ## install what is needed and run every suite: .NET, TypeScript, browsers, foreign stacks
	@deploy/local/test
simulate: ## the media plane in virtual time; SEED=7 for that one, COUNT=1000 for as many from SEED or 1 on
	SIMULATION_SEED=$(SEED) SIMULATION_COUNT=$(COUNT) dotnet test tests/Simulation -c $(CONFIGURATION) \
		--filter Name~Every_promise --logger 'console;verbosity=detailed'
bench:  ## cost per forwarded packet, delay, joins per second, memory per listener, beside bare calls; gRPC; stores
	@deploy/local/install run bench
	dotnet run -c $(CONFIGURATION) --project tests/Load -- bench
	dotnet run -c $(CONFIGURATION) --project tests/Load -- grpc
	dotnet run -c $(CONFIGURATION) --project tests/Load -- store
redis-away: ## the store without Redis for ten minutes: killed, and standing still; AWAY_SECONDS= for another time
	REDIS_AWAY_SECONDS=$(AWAY_SECONDS) dotnet test tests/Signaling.Tests -c $(CONFIGURATION) --filter RedisAwayTests \
		--logger 'console;verbosity=detailed'
fuzz:   ## ten million inputs to the parsers of gRPC, gRPC-Web and Connect
	FUZZ_INPUTS=$(FUZZ_INPUTS) dotnet test tests/Contracts.Tests -c $(CONFIGURATION) --filter FuzzTests \
		--logger 'console;verbosity=detailed'
attacks: ## each HTTP/2 attack of the gRPC tests for a minute, with what it costs everybody else
	ATTACK_SECONDS=$(ATTACK_SECONDS) dotnet test tests/Contracts.Tests -c $(CONFIGURATION) --filter AttackTests \
		--logger 'console;verbosity=detailed'
format: ## rewrite to the house format
	@dotnet tool restore
	dotnet csharpier format .
	@deploy/local/build web-packages
	npm --prefix signaling/web run --if-present format
	signaling/web/node_modules/.bin/prettier --write --log-level=warn tests/EndToEnd tests/Interop
lint:   ## formatting and lint of C#, TypeScript and shell; changes nothing
	@deploy/local/lint
api:    ## write docs/api.md from contracts/proto; run it after every change there
	WRITE_API_PAGE=1 dotnet test tests/Architecture -c $(CONFIGURATION) --nologo --filter Name~reference_page_is_up_to_date
check:  ## lint, and the tests of architecture and tidiness: under a minute
	@deploy/local/lint
	dotnet test tests/Architecture -c $(CONFIGURATION)
clean:  ## remove what building, running and testing left
	@deploy/local/clean
SEED  ?=
COUNT ?=
.PHONY: help setup run build test simulate bench redis-away fuzz attacks format lint api check clean
