using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Spaces.Signaling.Server.Http;

/// <summary>The built web page: files as they are, and its one document for <c>/</c> and <c>/r/{room}</c>.</summary>
internal static class WebPage
{
    private const string Document = "index.html";

    public static void UseWebPage(this WebApplication app, string root)
    {
        if (!Directory.Exists(root))
        {
            app.MapGet(
                "/",
                () => Results.Text("The web page is not built here. Set SPACES_WEB_ROOT.", statusCode: 404)
            );
            return;
        }

        var files = new PhysicalFileProvider(Path.GetFullPath(root));
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, OnPrepareResponse = Prepare });
        app.MapMethods("/", ["GET", "HEAD"], context => SendAsync(context, files));
        app.MapMethods("/r/{room}", ["GET", "HEAD"], context => SendAsync(context, files));
    }

    private static void Prepare(StaticFileResponseContext file)
    {
        var headers = file.Context.Response.Headers;
        var isHashed = file.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal);
        headers.CacheControl = isHashed ? "public, max-age=31536000, immutable" : "no-cache";
        SecurityHeaders.ApplyToPage(file.Context);
    }

    private static async Task SendAsync(HttpContext context, PhysicalFileProvider files)
    {
        var document = files.GetFileInfo(Document);
        if (!document.Exists)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "The web page is not built.");
            return;
        }

        SecurityHeaders.ApplyToPage(context);
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.SendFileAsync(document, context.RequestAborted);
    }
}
