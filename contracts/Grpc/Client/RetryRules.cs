using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client;

/// <summary>The retry policies of a channel, checked.</summary>
internal sealed class RetryRules
{
    private const int AttemptsMin = 2;

    private readonly Dictionary<(string Service, string Method), RetryPolicy> _policies = [];

    /// <exception cref="InvalidOperationException">A policy lacks a value or has one that cannot work.</exception>
    public RetryRules(ServiceConfig? config)
    {
        foreach (var method in config?.MethodConfigs ?? [])
        {
            if (method.RetryPolicy is { } policy)
            {
                Check(policy);
                foreach (var name in method.Names)
                {
                    _policies[(name.Service ?? "", name.Method ?? "")] = policy;
                }
            }
        }
    }

    /// <summary>The policy of the most exact name, or null for no retries.</summary>
    public RetryPolicy? Of(IMethod method) =>
        _policies.GetValueOrDefault((method.ServiceName, method.Name))
        ?? _policies.GetValueOrDefault((method.ServiceName, ""))
        ?? _policies.GetValueOrDefault(("", ""));

    private static void Check(RetryPolicy policy)
    {
        var isComplete =
            policy.MaxAttempts >= AttemptsMin
            && policy.InitialBackoff > TimeSpan.Zero
            && policy.MaxBackoff > TimeSpan.Zero
            && policy.BackoffMultiplier > 0
            && policy.RetryableStatusCodes.Count > 0;
        if (!isComplete)
        {
            throw new InvalidOperationException(
                "A RetryPolicy needs MaxAttempts of 2 or more, InitialBackoff, MaxBackoff and BackoffMultiplier above "
                    + "0, and at least one of RetryableStatusCodes."
            );
        }
    }
}
