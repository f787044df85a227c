using System.Reflection;
using System.Text;

namespace RtcEnhance.Tests;

/// <summary>
/// An assembly's public surface as text, one member a line, and the check that PublicApi.txt beside the project says
/// the same. To take a change over: RTC_UPDATE_API=1 ./rtc test, then read the diff.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static void AssertMatches(Assembly assembly, string projectDirectory)
    {
        string path = Path.Combine(Repository.Root, projectDirectory, "PublicApi.txt");
        string actual = Describe(assembly);
        if (Environment.GetEnvironmentVariable("RTC_UPDATE_API") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; RTC_UPDATE_API=1 writes it.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type));
            Type[] bases = [.. type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) ? new[] { b } : [], .. type.GetInterfaces().Where(i => i.IsVisible && !type.IsEnum)];
            if (bases.Length > 0)
                text.Append(" : ").AppendJoin(", ", bases.Select(Name).Order(StringComparer.Ordinal));
            text.Append('\n');
            foreach (string member in type.GetMembers(Declared).Select(m => Describe(m, type)).OfType<string>().Distinct().Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string? Describe(MemberInfo member, Type type)
    {
        switch (member)
        {
            case ConstructorInfo constructor when IsVisible(constructor):
                return $"{Access(constructor)}.ctor({Parameters(constructor)})";
            case MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !method.Name.Contains('<', StringComparison.Ordinal):
                return $"{Access(method)}{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})";
            case PropertyInfo property when property.GetAccessors(true).Any(IsVisible):
                string accessors = string.Join(" ", property.GetAccessors(true).Where(IsVisible).Select(a => a.ReturnType == typeof(void) ? (IsInit(a) ? "init;" : "set;") : "get;"));
                string index = string.Join(", ", property.GetIndexParameters().Select(p => Name(p.ParameterType)));
                return $"{Access(property.GetAccessors(true).First(IsVisible))}{Name(property.PropertyType)} {property.Name}{(index.Length > 0 ? $"[{index}]" : "")} {{ {accessors} }}";
            case EventInfo @event when IsVisible(@event.AddMethod!):
                return $"event {Name(@event.EventHandlerType!)} {@event.Name}";
            case FieldInfo field when (field.IsPublic || field.IsFamily) && !field.IsSpecialName:
                return field.IsLiteral ? $"const {(type.IsEnum ? "" : Name(field.FieldType) + " ")}{field.Name} = {field.GetRawConstantValue()}" : $"{Name(field.FieldType)} {field.Name}";
            default:
                return null;
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? (method.IsAbstract && !method.DeclaringType!.IsInterface ? "abstract " : "") : "protected ";

    private static bool IsInit(MethodInfo setter)
        => setter.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit");

    private static string Kind(Type type)
        => type.IsInterface ? "interface"
            : type.IsEnum ? "enum"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type.IsValueType ? (type.IsByRefLike ? "ref struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsSealed ? "sealed class" : type.IsAbstract ? "abstract class" : "class";

    private static string Parameters(MethodBase method)
        => string.Join(", ", method.GetParameters().Select(p => $"{(p.IsOut ? "out " : p.IsIn && p.ParameterType.IsByRef ? "in " : p.ParameterType.IsByRef ? "ref " : "")}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + (p.RawDefaultValue ?? "default") : "")}"));

    private static string Generics(MethodInfo method)
        => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        if (type.IsGenericParameter)
            return type.Name;
        string name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Namespace is "System" or null ? type.Name : $"{type.Namespace}.{type.Name}";
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
